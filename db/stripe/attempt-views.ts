import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { AttemptRecord } from '../../domain/explanations/facts.ts';
import { mostHappened } from '../../domain/explanations/timeline.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { cleanMessage } from '../../domain/refusals/cleaning.ts';
import {
  explainError,
  type ExplainedError,
  type StripeError,
} from '../../domain/refusals/reasons.ts';
import type { Db } from '../connect.ts';
import type { Database } from '../schema/index.ts';

/**
 * The code of Stripe's last error about an object, and the id by which Stripe's support finds the
 * request, as part of a query. Null if the last attempt
 * succeeded or has no error.
 */
export function lastErrorOf(objectId: RawBuilder<unknown>) {
  return sql<string | null>`(select case when state <> 'succeeded' and error is not null
      then coalesce(error->>'code', error->>'type', error->>'statusCode', 'no answer')
        || coalesce(', request ' || (error->>'requestId'), '') end
    from attempts where object_id = ${objectId} order by created_at desc, number desc limit 1)`;
}

/**
 * Lists the newest requests to Stripe about an object and their answers, oldest first, without
 * request bodies and error messages.
 */
export async function listAttempts(db: Db, objectId: PayoutId | SellerId) {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('object_id', '=', objectId)
    .orderBy('created_at', 'desc')
    .orderBy('step')
    .orderBy('number', 'desc')
    .limit(mostHappened)
    .execute();
  return rows.toReversed().map(toAttempt);
}

/**
 * Lists a page of the requests to Stripe about a payout, oldest first. Returns one more than the
 * limit if there are more.
 */
export async function listAttemptsAfter(
  db: Db,
  of: { payoutId: PayoutId; after?: string | undefined; limit: number },
) {
  const { payoutId, after, limit } = of;
  let query = db.selectFrom('attempts').selectAll().where('object_id', '=', payoutId);
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(created_at, key) > (select created_at, key from attempts where key = ${after})`,
    );
  }
  const rows = await query
    .orderBy('created_at')
    .orderBy('key')
    .limit(limit + 1)
    .execute();
  return rows.map(toAttempt);
}

/**
 * Lists the oldest undecided requests about a seller's payouts: Stripe did not answer, or asked for
 * a later retry.
 */
export async function listPutOff(db: Db, sellerId: SellerId) {
  const rows = await db
    .selectFrom('attempts')
    .innerJoin('payouts', 'payouts.id', 'attempts.object_id')
    .selectAll('attempts')
    .select('payouts.id as payout_id')
    .where('payouts.seller_id', '=', sellerId)
    .where('attempts.state', '=', 'started')
    .where('attempts.error', 'is not', null)
    .orderBy('attempts.created_at')
    .limit(mostHappened)
    .execute();
  return rows.map((row) => ({ ...toAttempt(row), payoutId: row.payout_id }));
}

function toAttempt(row: Selectable<Database['attempts']>): AttemptRecord {
  return {
    key: row.key,
    step: row.step,
    number: row.number,
    state: row.state,
    account: row.account,
    apiVersion: row.api_version,
    tries: row.tries,
    stripeId: row.stripe_id,
    refusal: row.refusal,
    error: errorFacts(row.error),
    createdAt: row.created_at,
    firstSentAt: row.first_sent_at,
    lastSentAt: row.last_sent_at,
    decidedAt: row.decided_at,
  };
}

function errorFacts(error: Record<string, unknown> | null): ExplainedError | null {
  if (!error) return null;
  const { statusCode, type, code, requestId, message } = error;
  return explainError({
    statusCode: typeof statusCode === 'number' ? statusCode : null,
    type: typeof type === 'string' ? type : null,
    code: typeof code === 'string' ? code : null,
    requestId: typeof requestId === 'string' ? requestId : null,
    message: typeof message === 'string' ? cleanMessage(message) : null,
  });
}

/**
 * Stripe's last refusal of a request about an object, as part of a query. The object's other
 * attempts may still be open.
 */
export function lastRefusalOf(objectId: RawBuilder<unknown>) {
  return sql<StripeError | null>`(select json_build_object('statusCode', error->'statusCode',
      'type', error->>'type', 'code', error->>'code', 'requestId', error->>'requestId',
      'message', error->>'message')
    from attempts where object_id = ${objectId} and state = 'refused' and error ? 'statusCode'
    order by decided_at desc limit 1)`;
}
