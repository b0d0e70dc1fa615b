import { sql } from 'kysely';
import { failureWindowDays, pausesBank, pausesForAll } from '../../domain/accounts/bank.ts';
import { notTheBank } from '../../domain/accounts/failures.ts';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import { waitsThat } from '../../domain/waits.ts';
import type { Tx } from '../connect.ts';
import { lockSeller, lockSellersOfBank } from '../locks.ts';
import { isBeforeStripe } from '../schema/statuses.ts';
import { addWakeUps } from '../wake-ups.ts';
import { failedThere, payAnew } from './bank-accounts.ts';

/**
 * Records that a payout to this bank account failed. If the failure says that the account number
 * itself takes no payout, every seller with the same number is paused too. Returns whether the bank
 * account is paused, and the other sellers who are paused now. The caller has locked the sellers
 * with `lockSellersOfBank`.
 */
export async function recordBankFailure(
  tx: Tx,
  failed: { sellerId: SellerId; currency: string; bankAccount: string; failureCode: string | null },
): Promise<{ isPaused: boolean; others: SellerId[] }> {
  const { sellerId, currency, bankAccount, failureCode } = failed;
  const pauses = pausesBank(await countFailures(tx, sellerId, bankAccount), failureCode);
  const isForAll = pausesForAll(failureCode);
  const { rows } = await sql<{ isPaused: boolean; others: SellerId[] }>`
    with failed as (
      insert into bank_accounts as bank (seller_id, stripe_id, currency, status, is_default,
        is_listed, used_last, failures, paused_at, pause_is_of_seller)
      values (${sellerId}, ${bankAccount}, ${currency}, 'errored', true, false, true, 1,
        case when ${pauses} then business_now() end, ${pauses && !isForAll})
      on conflict (seller_id, stripe_id) do update set failures = bank.failures + 1,
        status = 'errored', paused_at = coalesce(bank.paused_at, excluded.paused_at),
        pause_is_of_seller = case when excluded.paused_at is null then bank.pause_is_of_seller
          else excluded.pause_is_of_seller
            and (bank.paused_at is null or bank.pause_is_of_seller) end
      returning paused_at, fingerprint
    ), others as (
      update bank_accounts set paused_at = business_now()
      where ${pauses && isForAll} and seller_id <> ${sellerId} and gone_at is null
        and paused_at is null and fingerprint = (select fingerprint from failed)
      returning seller_id
    )
    select array(select distinct seller_id from others) as others, paused_at is not null
      or bank_paused_since(${sellerId}, ${bankAccount}, fingerprint) is not null as "isPaused"
    from failed
  `.execute(tx);
  return rows[0] ?? { isPaused: false, others: [] };
}

/**
 * Counts the payouts of this seller to the number of this bank account that failed because of the
 * bank within `failureWindowDays`, and those of other sellers that failed because of the number.
 * The condition repeats `isBankFailure` in domain/accounts/bank.ts.
 */
async function countFailures(tx: Tx, sellerId: SellerId, bankAccount: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with bank as (
      select ${sellerId} as seller_id, ${bankAccount} as stripe_id, (
        select fingerprint from bank_accounts
        where seller_id = ${sellerId} and stripe_id = ${bankAccount}) as fingerprint
    )
    select count(*)::int as count from bank, ${failedThere}
    where over_at > business_now() - ${failureWindowDays} * interval '1 day'
      and failure_code is distinct from ${notTheBank}
  `.execute(tx);
  return rows[0]?.count ?? 0;
}

function wakesOf(sellers: readonly SellerId[]) {
  return sellers.map((id) => ({ workflowId: sellerWorkflowId(id), topics: ['payouts' as const] }));
}

/**
 * Wakes sellers whose bank account was paused because a payout of another seller failed there, and
 * their payouts that Stripe does not have yet.
 */
export async function wakePaused(tx: Tx, sellers: readonly SellerId[]): Promise<void> {
  if (sellers.length === 0) return;
  const { rows } = await sql<{ id: PayoutId }>`
    select id from payouts where seller_id = any(${sellers}::text[]) and ${isBeforeStripe()}
  `.execute(tx);
  const payouts = rows.map(({ id }) => {
    return { workflowId: payoutWorkflowId(id), topics: ['payouts' as const] };
  });
  await addWakeUps(tx, [...wakesOf(sellers), ...payouts]);
}

/**
 * Wakes payouts that wait because of the account: after a change of the account, a refused step may
 * succeed.
 */
export async function wakeWaitingPayouts(tx: Tx, sellers: readonly SellerId[]): Promise<void> {
  const waiting = await tx
    .selectFrom('payouts')
    .select('id')
    .where('seller_id', 'in', sellers)
    .where(isBeforeStripe())
    .where('waiting_for', 'in', waitsThat('isOfAccount'))
    .execute();
  const wakeUps = waiting.map(({ id }) => {
    return { workflowId: payoutWorkflowId(id), topics: ['payouts' as const] };
  });
  await addWakeUps(tx, wakeUps);
}

/**
 * Resumes a paused bank account, and its number for every seller who uses the number. A pause that
 * concerns another seller alone remains. Immediately
 * orders payouts of the money that the number returned, so that no payday pays this money as well,
 * and wakes the payouts that wait. Returns false if the bank account does not exist.
 */
export async function resumeBankAccount(
  tx: Tx,
  sellerId: SellerId,
  stripeId: string,
): Promise<boolean> {
  const sellers = await lockSellersOfBank(tx, { sellerId, bankAccount: stripeId });
  const bank = await tx
    .selectFrom('bank_accounts')
    .select('fingerprint')
    .where('seller_id', '=', sellerId)
    .where('stripe_id', '=', stripeId)
    .executeTakeFirst();
  if (!bank) return false;
  await sql`
    update bank_accounts set paused_at = null, pause_is_of_seller = false
    where paused_at is not null and (seller_id = ${sellerId} and stripe_id = ${stripeId}
      or fingerprint = ${bank.fingerprint} and (seller_id = ${sellerId} or not pause_is_of_seller))
  `.execute(tx);
  await payAnew(tx, sellers);
  await wakeWaitingPayouts(tx, sellers);
  return true;
}

/**
 * Ends the cooling period of a changed bank account, because a person knows that the seller changed
 * it, and wakes the payouts that wait. Returns false if the bank account does not exist.
 */
export async function waiveCooling(tx: Tx, sellerId: SellerId, stripeId: string): Promise<boolean> {
  await lockSeller(tx, sellerId);
  const { numUpdatedRows } = await tx
    .updateTable('bank_accounts')
    .set({ cools_until: null, asks_person_since: null })
    .where('seller_id', '=', sellerId)
    .where(
      sql<boolean>`(stripe_id = ${stripeId} or fingerprint in (select fingerprint
        from bank_accounts where seller_id = ${sellerId} and stripe_id = ${stripeId}))`,
    )
    .executeTakeFirst();
  await wakeWaitingPayouts(tx, [sellerId]);
  return numUpdatedRows > 0n;
}
