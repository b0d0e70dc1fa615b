import type { Resolving } from '../parking/commands.ts';
import type { Money } from '../money.ts';
import type { Actor } from '../waits.ts';

/** Why money does not move, and what changes that. */
export type Waiting = {
  for: string;
  reason: string;
  since: string | null;
  /** Who decided it, by the name of the API key; null where nobody did. */
  by: string | null;
  liftedBy: string;
  actor: Actor;
  commands: Resolving[];
  lookAgainAt: string | null;
  payoutId: string | null;
};

/** What happens after that. */
export type ComingStep = {
  what: string;
  text: string;
  /** Null for a step that comes once the wait before it ends. */
  at: string | null;
  money: Money | null;
  payoutId: string | null;
};

/** Says an instant by the clocks of a time zone. The caller knows time zones, domain/ does not. */
export type SayInstant = (instant: string, timeZone: string) => string;

/** One reason of a seller's own, about no payout in particular. */
export function wait(
  name: string,
  actor: Actor,
  reason: string,
  liftedBy: string,
  more: Partial<Pick<Waiting, 'since' | 'by' | 'commands' | 'lookAgainAt'>> = {},
): Waiting {
  const none = { since: null, by: null, commands: [], lookAgainAt: null, payoutId: null };
  return { for: name, reason, liftedBy, actor, ...none, ...more };
}
