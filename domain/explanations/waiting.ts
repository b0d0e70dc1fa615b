import { type WaitName, waitsForSeller } from '../for-seller/waits.ts';
import type { Resolving } from '../parking/commands.ts';
import type { Money } from '../money.ts';
import type { Actor } from '../waits.ts';

/** Why money does not move, and what ends the wait. */
export type Waiting = {
  for: WaitName;
  /** For operators. */
  reason: string;
  /** What the seller may know. */
  forSeller: string;
  since: string | null;
  /** The name of the API key that decided the wait; null if nobody did. */
  by: string | null;
  liftedBy: string;
  actor: Actor;
  commands: Resolving[];
  lookAgainAt: string | null;
  payoutId: string | null;
};

/** A step that comes next. */
export type ComingStep = {
  what: string;
  text: string;
  /** Null for a step that comes when the wait before it ends. */
  at: string | null;
  money: Money | null;
  payoutId: string | null;
};

/**
 * Formats an instant, or its day, in a time zone. The caller supplies it: domain/ knows no time
 * zones.
 */
export type SayInstant = (instant: string, timeZone: string, as?: 'day') => string;

/** Creates a wait of a seller that belongs to no particular payout. */
export function wait(
  name: WaitName,
  actor: Actor,
  reason: string,
  liftedBy: string,
  more: Partial<Pick<Waiting, 'since' | 'by' | 'commands' | 'lookAgainAt' | 'forSeller'>> = {},
): Waiting {
  const none = { since: null, by: null, commands: [], lookAgainAt: null, payoutId: null };
  const forSeller = waitsForSeller[name];
  return { for: name, reason, forSeller, liftedBy, actor, ...none, ...more };
}
