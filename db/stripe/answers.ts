import { sql } from 'kysely';
import { waitOfPutOff } from '../../domain/failed-reads/put-off.ts';
import type { PayoutId } from '../../domain/ids.ts';
import type { RefusalKind } from '../../domain/stripe.ts';
import type { Db } from '../connect.ts';
import { isInFlight } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';

/**
 * Records that Stripe refused the attempt: no money moved under this key, and the next attempt may
 * be opened. The conditions repeat `isDecidedByRefusal` in domain/stripe.ts. The refusal of an
 * unknown attempt counts only while no person was asked about the payout. Returns false if
 * `isOnlyTry` and the refusal does not decide the attempt: then another try may have succeeded.
 */
export async function recordRefused(
  db: Db,
  refused: {
    key: string;
    refusal: RefusalKind;
    error: Record<string, unknown>;
    isOnlyTry?: boolean;
  },
): Promise<boolean> {
  const { numUpdatedRows: written } = await db
    .updateTable('attempts')
    .set({
      state: 'refused',
      refusal: refused.refusal,
      error: JSON.stringify(refused.error),
      decided_at: businessNow,
    })
    .where('key', '=', refused.key)
    .where(refused.isOnlyTry === true ? sql<boolean>`(${isOpen} and ${isAlone})` : isOpen)
    .executeTakeFirst();
  return written > 0n || !refused.isOnlyTry;
}

const isAlone = sql<boolean>`tries - denied_tries = 1`;

/** True for an attempt that is started, or that a brake made unknown during its only try. */
const isOpen = sql<boolean>`(state = 'started' or (state = 'unknown' and ${isAlone}
  and exists (select from payouts where id = object_id
    and parked is null and named_stripe_id is null)))`;

/**
 * Records the error of a try that Stripe did not decide. The same key is sent again; until then,
 * the payout waits for Stripe, and the error explains why no money moves. `isDenied` says that this
 * try certainly did nothing.
 */
export async function recordPutOff(
  db: Db,
  putOff: {
    key: string;
    error: Record<string, unknown> & { statusCode: number | null };
    isDenied: boolean;
  },
): Promise<void> {
  const { key, error } = putOff;
  await db
    .updateTable('attempts')
    .set({
      error: sql<string>`case when state = 'started' then ${JSON.stringify(error)}::jsonb
        else error end`,
      ...(putOff.isDenied && { denied_tries: sql<number>`denied_tries + 1` }),
    })
    .where('key', '=', key)
    .where('state', 'in', ['started', 'unknown'])
    .execute();
  await recordStripeWait(db, key, error.statusCode);
}

/**
 * Records that the payout of an open attempt waits for Stripe, after an answer with this status.
 */
export async function recordStripeWait(
  db: Db,
  key: string,
  statusCode: number | null,
): Promise<void> {
  await db
    .updateTable('payouts')
    .set({ waiting_for: waitOfPutOff(statusCode), look_again_at: null })
    .where(isInFlight())
    .where('parked', 'is', null)
    .where('unknown_step', 'is', null)
    .where('id', '=', (of) =>
      of
        .selectFrom('attempts')
        .select(sql<PayoutId>`object_id`.as('id'))
        .where('key', '=', key)
        .where('state', '=', 'started')
        .where('step', '<>', 'cancel'),
    )
    .execute();
}

/**
 * Records that the outcome at Stripe is unknown. From now on, only a look-up or a person decides
 * the outcome.
 */
export async function recordUnknown(
  db: Db,
  unknown: { key: string; error?: Record<string, unknown> },
): Promise<void> {
  const error = unknown.error && { error: JSON.stringify(unknown.error) };
  await db
    .updateTable('attempts')
    .set({ state: 'unknown', ...error })
    .where('key', '=', unknown.key)
    .where('state', '=', 'started')
    .execute();
}

/**
 * Records that an attempt that a brake made unknown was certainly not carried out: the last answer
 * came, and every try did nothing. The attempt is open again. Its next try passes the last check,
 * so a brake still stops the attempt.
 */
export async function recordAllDenied(db: Db, key: string): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ state: 'started' })
    .where('key', '=', key)
    .where('state', '=', 'unknown')
    .where('tries', '>', 0)
    .whereRef('tries', '=', 'denied_tries')
    .execute();
}
