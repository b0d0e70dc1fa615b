import { sql } from 'kysely';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { byHolds } from '../../domain/payouts/commands.ts';
import type { Brake } from '../../domain/payouts/sending.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import { replaced } from '../../domain/payouts/transitions.ts';
import type { Db, Tx } from '../connect.ts';
import { orderedPayoutId } from '../schema/payout-ids.ts';
import { lock, lockSellerOf } from '../locks.ts';
import { attemptKeyIn } from '../stripe/attempts.ts';
import { brakeOn } from '../stripe/brakes.ts';
import { addWakeUps, transact } from '../wake-ups.ts';
import { cancelPayout } from './cancellations.ts';
import { moveFreeing } from './move.ts';
import { readPayout, selectPayout, toPayout } from './rows.ts';

/**
 * Ends payouts that Stripe refused because somebody else moved the money reserved at the account.
 * Replaces each with a payout that reserves the remaining money. Otherwise these payouts would wait
 * forever.
 */
export async function replaceShortPayouts(tx: Tx, sellerId: SellerId): Promise<void> {
  const rows = await selectPayout(tx)
    .where('seller_id', '=', sellerId)
    .where('status', '=', 'transferred')
    .where('waiting_for', '=', 'account-balance')
    .where(
      sql<boolean>`exists (select from balances where balances.seller_id = payouts.seller_id
        and balances.currency = payouts.currency and place = 'account' and amount < 0)`,
    )
    .orderBy('id')
    .modifyEnd(lock('payouts', 'alone'))
    .execute();
  for (const payout of rows.map(toPayout)) {
    if (await closeStep(tx, payout)) await replace(tx, payout);
  }
}

/**
 * Inserts an attempt that is never sent, with the number of the next attempt, so that a step that
 * is still running cannot open that attempt. Returns false while another attempt is open, because
 * its answer must arrive first.
 */
async function closeStep(tx: Tx, { payoutId }: Payout): Promise<boolean> {
  const { rows } = await sql`
    insert into attempts (key, object_id, step, number, state, account, api_version, request, error)
    select ${attemptKeyIn(nextKey)}, object_id, step, number + 1, 'unknown', account, api_version,
      '{}', '{"reason": "closed-without-sending"}'
    from attempts where object_id = ${payoutId} and step = 'payout'
    order by number desc limit 1
    on conflict do nothing returning key
  `.execute(tx);
  return rows.length > 0;
}

const nextKey = {
  objectId: sql.ref('object_id'),
  step: sql.ref('step'),
  number: sql`number + 1`,
};

async function replace(tx: Tx, payout: Payout): Promise<void> {
  const transition = replaced(payout);
  await moveFreeing(tx, payout, transition);
  await orderAgain(tx, payout.payoutId, 'account-short');
  await addWakeUps(tx, transition.wakes);
}

/**
 * Ends a payout that contains money which holds now cover, and orders a payout of what the holds
 * leave. Does nothing if this no longer applies, or if a request may have been carried out. The
 * caller has looked at Stripe, if a look was due.
 */
export async function replaceHeldPayout(db: Db, payoutId: PayoutId): Promise<Payout> {
  return transact(db, async (tx) => {
    await lockSellerOf(tx, { payouts: payoutId });
    const { rows } = await sql<{ brake: Brake | null }>`
      select ${brakeOn(sql`${payoutId}`)} as brake`.execute(tx);
    if (rows[0]?.brake !== 'partly-held') return readPayout(tx, payoutId);
    const plan = await cancelPayout(tx, payoutId, byHolds, { isLooked: true });
    if (plan?.kind === 'end') await orderAgain(tx, payoutId, 'partly-held');
    return readPayout(tx, payoutId);
  });
}

/**
 * Orders a payout in the place of one that ended without paying. It keeps the payday and the
 * cut-off, so that it does not pay later earnings early.
 */
export async function orderAgain(
  tx: Tx,
  payoutId: PayoutId,
  orderedBy: 'account-short' | 'charge-pays-seller' | 'after-adoption' | 'partly-held',
): Promise<void> {
  const id = orderedPayoutId({ by: 'replacement', replaces: payoutId });
  await sql`
    insert into payouts (id, seller_id, currency, requested_amount, ordered_by, replaces, payday,
      last_payday, cut_off_at)
    select ${id}, seller_id, currency, requested_amount, ${orderedBy}, id, payday,
      last_payday, cut_off_at
    from payouts where id = ${payoutId}
    on conflict do nothing
  `.execute(tx);
}
