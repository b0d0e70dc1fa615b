import { sayInstant } from '../../dates.ts';
import type { Resolving } from '../../parking/commands.ts';
import type { Actor } from '../../waits.ts';

/** A blank last paragraph. The UI cuts off about 30 pixels of the end, which are then these. */
const blankEnd = '\n\u00a0';

/** Joins the lines of a workflow's details, without those that do not apply. Markdown. */
export function toDetails(lines: readonly (string | false | null | undefined)[]): string {
  return [...lines, blankEnd].filter((line) => typeof line === 'string' && line !== '').join('\n');
}

/** A request that an operator may send, with its body and when to send it. Markdown. */
export function sayRequest({ method, path, body, when }: Resolving): string {
  const isEmpty = Object.keys(body).length === 0;
  const sent = isEmpty ? '' : ` \`${JSON.stringify(body)}\``;
  return `\`${method} ${path}\`${sent}${when === '' ? '' : `: ${when}`}`;
}

/** A line of a list in Markdown. */
export function bullet(text: string): string {
  return `- ${text}`;
}

const people: Record<Actor, string> = {
  operator: 'an operator',
  platform: 'the platform',
  seller: 'the seller',
  bank: 'nobody here; the bank must answer',
  stripe: 'nobody here; Stripe is working on it',
  engine: 'nobody; the engine continues by itself',
};

/** Who must act, those who can do something first. */
export function sayActors(actors: readonly Actor[]): string {
  const order = Object.keys(people) as Actor[];
  const [first, ...others] = order.filter((actor) => actors.includes(actor));
  if (first === undefined) return people.engine;
  const also = others.filter((actor) => !people[actor].startsWith('nobody'));
  return [people[first], ...also.map((actor) => people[actor])].join(' and ');
}

const unitsMs = { day: 86_400_000, hour: 3_600_000, minute: 60_000 };

/**
 * As of when the details are true. Names business time where it is ahead of real time, which only
 * the sandbox allows.
 */
export function sayAsOf(now: string, aheadMs = 0): string {
  return `*As of ${sayClock(now, aheadMs)}.*`;
}

/**
 * The same for a seller, whose text is not written again when a payout goes on. The payouts' own
 * texts are.
 */
export function sayAsOfSeller(now: string, aheadMs = 0): string {
  return `*As of ${sayClock(now, aheadMs)}. The payouts’ own pages are newer.*`;
}

function sayClock(now: string, aheadMs: number): string {
  if (aheadMs === 0) return sayInstant(now);
  const [unit, ms] =
    Object.entries(unitsMs).find(([, size]) => aheadMs >= size) ?? (['minute', 60_000] as const);
  const count = Math.max(1, Math.floor(aheadMs / ms));
  const ahead = `${count} ${unit}${count === 1 ? '' : 's'} ahead of the clock on the wall`;
  return `${sayInstant(now)} of business time, ${ahead}, as are all dates here`;
}
