import { sql } from 'kysely';
import {
  type BulkFacts,
  type BulkOrder,
  type BulkPlan,
  planBulk,
} from '../../domain/attention/bulk.ts';
import type { AttentionRecord } from '../../domain/attention/words.ts';
import type { StepAttempt } from '../../domain/payouts/cancellation.ts';
import type { Db } from '../connect.ts';
import { keptBy } from '../funds.ts';
import { needsLook } from '../payouts/cancellations.ts';
import { pausesOf } from '../sellers/pauses.ts';

/** An object that waits, and what a command means for it. */
export type Planned = { record: AttentionRecord; plan: BulkPlan };

/** Decides what a command means for each of these objects, from the current facts. */
export async function planFor(
  db: Db,
  order: BulkOrder,
  records: readonly AttentionRecord[],
): Promise<Planned[]> {
  const around = await readAround(db, records);
  return records.map((record) => {
    const facts = around.get(record.id);
    if (!facts) throw new Error(`no facts were read for ${record.id}`);
    return { record, plan: planBulk(order, { ...facts, item: record }) };
  });
}

type Row = Omit<BulkFacts, 'item' | 'payout'> & {
  id: string;
  payout:
    | (Omit<NonNullable<BulkFacts['payout']>, 'attempts'> & {
        attempts: Partial<Record<string, StepAttempt>> | null;
      })
    | null;
};

async function readAround(
  db: Db,
  records: readonly AttentionRecord[],
): Promise<Map<string, Omit<BulkFacts, 'item'>>> {
  const given = JSON.stringify(
    records.map(({ id, sellerId, currency }) => ({ id, seller_id: sellerId, currency })),
  );
  const { rows } = await sql<Row>`
    select item.id, (select jsonb_build_object('status', status,
        'cancelAsked', cancel_ordered_at is not null and cancel_answer is null,
        'isCancelUnknown', cancel_answer is not distinct from 'unknown',
        'needsLook', ${needsLook}, 'attempts', (
          select jsonb_object_agg(step, jsonb_build_object('state', state,
            'tries', tries, 'deniedTries', denied_tries))
          from attempts where object_id = payouts.id and state <> 'refused'))
        from payouts where payouts.id = item.id) as payout,
      (select jsonb_build_object('status', status,
          'pauses', ${pausesOf(sql.ref('sellers.id'))})
        from sellers where sellers.id = item.seller_id) as seller,
      ${holdsOverIt} as holds, ${banksInUse} as banks
    from jsonb_to_recordset(${given}::jsonb) as item(id text, seller_id text, currency text)
  `.execute(db);
  return new Map(
    rows.map(({ id, payout, ...row }) => {
      return [id, { ...row, payout: payout && { ...payout, attempts: payout.attempts ?? {} } }];
    }),
  );
}

/**
 * The holds about this discrepancy. The hold over an unknown payout is left out: it may cover
 * several payouts, so a person releases it individually. So is a hold that cannot be released yet.
 * A hold counts as `isStanding` in domain/holds.ts says.
 */
const holdsOverIt = sql`array(
  select holds.id from discrepancies join holds on holds.about = discrepancies.id
  where discrepancies.id = item.id and discrepancies.cause <> 'payout-unknown'
    and holds.released_at is null and ${keptBy} is null
    and (holds.expires_at is null or holds.expires_at > business_now())
  order by holds.placed_at, holds.id)`;

/**
 * The paused bank accounts in use. The pause may be recorded at an earlier entry of the same
 * account number, or at another seller's.
 */
const banksInUse = sql`(
  select coalesce(jsonb_agg(bank order by bank.id), '[]') from (
    select used.stripe_id as id, pause.since as "pausedAt"
    from bank_accounts as used, bank_paused_since(used.seller_id, used.stripe_id, used.fingerprint)
      as pause(since)
    where used.seller_id = item.seller_id and used.gone_at is null and pause.since is not null
      and (item.currency is null or used.currency = item.currency)
  ) as bank)`;
