import { sayInstant } from '../dates.ts';

/** A start of PostgreSQL, with what shows whether the data is the same as before. */
export type PostgresStart = {
  /** Identifies the start: the time at which the server started. */
  start: string;
  /**
   * Identifies the data: a server and its replicas share it, and a restored dump does not. Null if
   * PostgreSQL does not say.
   */
  dataId: string | null;
  /** Increases when a replica is promoted, and with a restore to a point in time. */
  timeline: number | null;
  /** False if PostgreSQL acknowledges commits that a crash can lose. */
  isDurable: boolean;
};

/** Why changes that PostgreSQL had acknowledged may be missing after a start. */
export type LossCause = keyof typeof lossCauses;

/** Each cause of a possible loss, with what happened. */
export const lossCauses = {
  'new-timeline': 'a replica was promoted, or the database was restored to a point in time',
  'other-data': 'the data is on another server, or was restored from a dump',
  'not-durable':
    'PostgreSQL started again, and synchronous_commit or fsync is off, so a crash loses the last changes',
  'not-comparable':
    'PostgreSQL started again, and does not say whether it is the same server (pg_control_system() and pg_walfile_name())',
  'behind-stripe': 'Stripe has transfers or payouts that this database does not know',
} as const;

/**
 * Why this start may have lost changes that were acknowledged before it. Null if it lost nothing: a
 * restart, or a crash, of a durable server keeps every acknowledged change. A replica has the same
 * data and another timeline. A copy of the files has both and is found by comparison with Stripe.
 */
export function judgeStart(
  before: PostgresStart | undefined,
  now: PostgresStart,
): LossCause | null {
  if (before === undefined) return null;
  const isSameStart = before.start === now.start;
  if (before.dataId === null || now.dataId === null) return isSameStart ? null : 'not-comparable';
  if (before.dataId !== now.dataId) return 'other-data';
  if (before.timeline !== now.timeline) return 'new-timeline';
  return isSameStart || (before.isDurable && now.isDurable) ? null : 'not-durable';
}

/** A start after which acknowledged changes may be missing. */
export type PossibleLoss = { id: string; cause: LossCause; from: string; until: string };

/** What happened, which changes may be missing, and what an operator must look at. */
export function explainLoss({ id, cause, from, until }: PossibleLoss): string {
  return (
    `Possible loss: ${lossCauses[cause]}. Changes that the engine acknowledged between ` +
    `${saySecond(from)} and ${saySecond(until)} may be missing: stops of money, holds, pauses, ` +
    'cancellations, revoked API keys, other commands, and earnings. Money may move that somebody ' +
    'stopped. Look for such requests of this time in your own log and in the log of the API, and ' +
    'send the missing ones again, each with its former Idempotency-Key, stops and holds first. ' +
    `Then send POST /v1/recovery/starts/${id}/acknowledge`
  );
}

/** The check that fails until a person has acknowledged every possible loss. */
export function lossCheck(losses: readonly PossibleLoss[]) {
  const remedy =
    losses.length === 0
      ? 'PostgreSQL has everything that it acknowledged'
      : losses.map(explainLoss).join('. ');
  return { name: 'nothing-lost', passed: losses.length === 0, remedy };
}

/** Seconds matter here, unlike elsewhere. */
function saySecond(instant: string): string {
  return sayInstant(instant).replace(' UTC', `:${instant.slice(17, 19)} UTC`);
}
