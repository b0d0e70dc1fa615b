import { sql } from 'kysely';
import { newId, type SellerId } from '../../domain/ids.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import { replaced } from '../../domain/payouts/transitions.ts';
import type { Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import { addWakeUps } from '../wake-ups.ts';
import { moveFreeing } from './move.ts';
import { selectPayout, toPayout } from './rows.ts';

/**
 * Ends payouts that Stripe refused because somebody else took the money reserved at the account.
 * Each is replaced by a payout that reserves what is there now. Otherwise the payouts would wait
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
 * Inserts an attempt that is never sent where the next attempt would be, so that a step that still
 * runs cannot open one. Returns false while an attempt is open: its answer comes first.
 */
async function closeStep(tx: Tx, { payoutId }: Payout): Promise<boolean> {
  const { rows } = await sql`
    insert into attempts (key, object_id, step, number, state, account, api_version, request, error)
    select object_id || '/payout/' || number + 1, object_id, step, number + 1, 'unknown', account,
      api_version, '{}', '{"reason": "closed-without-sending"}'
    from attempts where object_id = ${payoutId} and step = 'payout'
    order by number desc limit 1
    on conflict do nothing returning key
  `.execute(tx);
  return rows.length > 0;
}

async function replace(tx: Tx, payout: Payout): Promise<void> {
  const transition = replaced(payout);
  await moveFreeing(tx, payout, transition);
  // A payday's payout keeps its payday and cut-off: later earnings are not paid earlier for it.
  await sql`
    insert into payouts (id, seller_id, currency, requested_amount, ordered_by, replaces, payday,
      cut_off_at)
    select ${newId('payout')}, seller_id, currency, requested_amount, 'account-short', id, payday,
      cut_off_at
    from payouts where id = ${payout.payoutId}
    on conflict (replaces) do nothing
  `.execute(tx);
  await addWakeUps(tx, transition.wakes);
}
