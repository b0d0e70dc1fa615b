import { sql } from 'kysely';
import {
  type BankAccountRecord,
  failureWindowDays,
  pausesBank,
} from '../../domain/accounts/bank.ts';
import { notTheBank } from '../../domain/accounts/failures.ts';
import { newId, type PayoutId, type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import type { Db, Tx } from '../connect.ts';
import { isAtBank, isRefusedByBank } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';

/** A bank account as Stripe reports it: enough to recognise it, never its number. */
export type BankAccountFacts = {
  stripeId: string;
  currency: string;
  fingerprint: string | null;
  status: string;
  isDefault: boolean;
};

/**
 * Records a seller's current bank accounts, and marks those that no longer exist as gone. If a
 * seller who was paid before changes to another account number, the new number gets no payout for
 * `coolingHours`, because a thief who takes over the seller's login makes the same change. `turned`
 * repeats the rule `cools` in domain/accounts/bank.ts, and the `case` repeats `coolingEnd`.
 */
export async function recordBankAccounts(
  tx: Tx,
  sellerId: SellerId,
  banks: readonly BankAccountFacts[],
  coolingHours: number,
): Promise<void> {
  const given = JSON.stringify(
    banks.map(({ stripeId: stripe_id, isDefault: is_default, ...bank }) => {
      return { ...bank, stripe_id, is_default };
    }),
  );
  await sql`
    with given as (
      select * from jsonb_to_recordset(${given}::jsonb) as bank(stripe_id text, currency text,
        fingerprint text, status text, is_default boolean)
    ), turned as (
      select stripe_id from given where is_default and ${coolingHours} > 0
        and exists (select from bank_accounts where seller_id = ${sellerId})
        and exists (select from payouts where seller_id = ${sellerId}
          and ${isAtBank()})
        and not exists (select from bank_accounts before where before.seller_id = ${sellerId}
          and before.currency = given.currency and before.is_default and before.gone_at is null
          and coalesce(before.fingerprint = given.fingerprint,
            before.stripe_id = given.stripe_id))
    ), gone as (
      update bank_accounts set gone_at = business_now(), is_default = false
      where seller_id = ${sellerId} and gone_at is null
        and stripe_id not in (select stripe_id from given)
    )
    insert into bank_accounts as bank (seller_id, stripe_id, currency, fingerprint, status,
      is_default, cools_until)
    select ${sellerId}, stripe_id, currency, fingerprint, status, is_default,
      case when stripe_id in (select stripe_id from turned)
        then business_now() + ${coolingHours} * interval '1 hour' end
    from given
    on conflict (seller_id, stripe_id) do update set currency = excluded.currency,
      fingerprint = excluded.fingerprint, status = excluded.status,
      is_default = excluded.is_default, gone_at = null,
      cools_until = coalesce(excluded.cools_until, bank.cools_until)
  `.execute(tx);
}

/**
 * Records that a payout to this bank account failed. Returns whether the bank account is paused.
 */
export async function recordBankFailure(
  tx: Tx,
  failed: { sellerId: SellerId; currency: string; bankAccount: string; failureCode: string | null },
): Promise<{ isPaused: boolean }> {
  const { sellerId, currency, bankAccount, failureCode } = failed;
  const pauses = pausesBank(await countFailures(tx, sellerId, bankAccount), failureCode);
  const { rows } = await sql<{ isPaused: boolean }>`
    insert into bank_accounts as bank (seller_id, stripe_id, currency, status, is_default,
      failures, paused_at)
    values (${sellerId}, ${bankAccount}, ${currency}, 'errored', true, 1,
      case when ${pauses} then business_now() end)
    on conflict (seller_id, stripe_id) do update set failures = bank.failures + 1,
      status = 'errored', paused_at = coalesce(bank.paused_at, excluded.paused_at)
    returning paused_at is not null as "isPaused"
  `.execute(tx);
  return { isPaused: rows[0]?.isPaused === true };
}

/**
 * Counts the payouts to this bank account that failed because of the bank within
 * `failureWindowDays`. The condition repeats `isBankFailure` in domain/accounts/bank.ts.
 */
async function countFailures(tx: Tx, sellerId: SellerId, bankAccount: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from payouts where seller_id = ${sellerId}
      and bank_account = ${bankAccount} and ${isRefusedByBank()}
      and over_at > business_now() - ${failureWindowDays} * interval '1 day'
      and failure_code is distinct from ${notTheBank}
  `.execute(tx);
  return rows[0]?.count ?? 0;
}

/**
 * Orders a new payout for each returned payout whose money can be paid now, because its currency
 * has a usable bank account. A returned payout is replaced only once.
 */
export async function payAnew(tx: Tx, sellerId: SellerId): Promise<PayoutId[]> {
  const { rows } = await sql<{ id: PayoutId; currency: string; amount: number }>`
    update payouts set awaits_details = false
    where seller_id = ${sellerId} and awaits_details
      and not bank_is_paused(seller_id, currency)
      and exists (select from bank_accounts bank where bank.seller_id = ${sellerId}
        and bank.currency = payouts.currency and bank.is_default and bank.gone_at is null)
    returning id, currency, from_platform + from_account as amount
  `.execute(tx);
  if (rows.length === 0) return [];
  const ordered = await tx
    .insertInto('payouts')
    .values(
      rows.map(({ id, currency, amount }) => ({
        id: newId('payout'),
        seller_id: sellerId,
        currency,
        requested_amount: amount,
        ordered_by: 'new-details',
        replaces: id,
      })),
    )
    .onConflict((conflict) => conflict.column('replaces').doNothing())
    .returning('id')
    .execute();
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['payouts'] }]);
  return ordered.map(({ id }) => id);
}

/**
 * Resumes a paused bank account, and immediately orders payouts of the money that this account
 * returned, so that no payday pays this money as well. Returns false if the bank account does not
 * exist.
 */
export async function resumeBankAccount(
  tx: Tx,
  sellerId: SellerId,
  stripeId: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('bank_accounts')
    .set({ paused_at: null })
    .where('seller_id', '=', sellerId)
    .where(isSameAs(sellerId, stripeId))
    .executeTakeFirst();
  await payAnew(tx, sellerId);
  return numUpdatedRows > 0n;
}

/**
 * Ends the cooling period of a changed bank account, because a person knows that the seller changed
 * it. Returns false if the bank account does not exist.
 */
export async function waiveCooling(tx: Tx, sellerId: SellerId, stripeId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('bank_accounts')
    .set({ cools_until: null })
    .where('seller_id', '=', sellerId)
    .where(isSameAs(sellerId, stripeId))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** True for the bank account with this id, and for every bank account with the same number. */
function isSameAs(sellerId: SellerId, stripeId: string) {
  return sql<boolean>`(stripe_id = ${stripeId} or fingerprint in (select fingerprint
    from bank_accounts where seller_id = ${sellerId} and stripe_id = ${stripeId}))`;
}

/** Lists a seller's current and former bank accounts, newest first. */
export async function listBankAccounts(db: Db, sellerId: SellerId): Promise<BankAccountRecord[]> {
  const rows = await db
    .selectFrom('bank_accounts as bank')
    .selectAll()
    .select(businessNow.as('now'))
    .select((is) =>
      is
        .selectFrom('bank_accounts as paused')
        .select((of) => of.fn.min('paused.paused_at').as('at'))
        .whereRef('paused.seller_id', '=', 'bank.seller_id')
        .where((of) =>
          of.or([
            of('paused.stripe_id', '=', of.ref('bank.stripe_id')),
            of('paused.fingerprint', '=', of.ref('bank.fingerprint')),
          ]),
        )
        .as('same_paused_at'),
    )
    .select(lastFailure.as('failure_code'))
    .select(coolsUntil.as('same_cools_until'))
    .where('seller_id', '=', sellerId)
    .orderBy('first_seen_at', 'desc')
    .orderBy('stripe_id')
    .execute();
  return rows.map((row) => ({
    id: row.stripe_id,
    currency: row.currency,
    fingerprint: row.fingerprint,
    status: row.status,
    isDefault: row.is_default,
    firstSeenAt: row.first_seen_at,
    goneAt: row.gone_at,
    failures: row.failures,
    failureCode: row.failure_code,
    pausedAt: row.same_paused_at,
    coolsUntil: row.same_cools_until,
  }));
}

/** The failure code of the last failed payout to a bank account, named `bank`. */
const lastFailure = sql<string | null>`(select failure_code from payouts
  where payouts.seller_id = bank.seller_id and failure_code is not null and bank_account in (
    select stripe_id from bank_accounts same where same.seller_id = bank.seller_id
      and (same.stripe_id = bank.stripe_id or same.fingerprint = bank.fingerprint))
  order by over_at desc limit 1)`;

/** The end of the cooling period of a changed bank account, named `bank`. */
const coolsUntil = sql<string | null>`(select max(cools_until) from bank_accounts same
  where same.seller_id = bank.seller_id and same.cools_until > business_now()
    and (same.stripe_id = bank.stripe_id or same.fingerprint = bank.fingerprint))`;
