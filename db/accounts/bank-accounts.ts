import { sql } from 'kysely';
import { type BankAccountRecord, longestCoolingHours } from '../../domain/accounts/bank.ts';
import { numberCodes } from '../../domain/accounts/failure-scopes.ts';
import { type PayoutId, type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import type { Db, Tx } from '../connect.ts';
import { orderedPayoutId } from '../schema/payout-ids.ts';
import { isRefusedByBank, mayHaveBeenSent } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';

/** A bank account as Stripe reports it: enough to recognise it, never its number. */
export type BankAccountFacts = {
  stripeId: string;
  currency: string;
  fingerprint: string | null;
  bankName?: string | null;
  last4?: string | null;
  status: string;
  isDefault: boolean;
};

/**
 * Records a seller's current bank accounts, and marks those that no longer exist as gone. If money
 * was sent to the seller before, and payouts change to another account number, the new number gets
 * no payout for `coolingHours`, because a thief who takes over the seller's login makes the same
 * change. `turned` repeats the rule `cools` in domain/accounts/bank.ts, and the `case` repeats
 * `coolingEnd`.
 */
export async function recordBankAccounts(
  tx: Tx,
  sellerId: SellerId,
  banks: readonly BankAccountFacts[],
  coolingHours: number,
): Promise<void> {
  const given = JSON.stringify(
    banks.map(({ stripeId: stripe_id, isDefault: is_default, bankName: bank_name, ...bank }) => {
      return { ...bank, stripe_id, is_default, bank_name };
    }),
  );
  const isReplaced = sql`exists (select from given where is_default
    and given.currency = bank.currency and given.stripe_id <> bank.stripe_id)`;
  await sql`
    with given as (
      select * from jsonb_to_recordset(${given}::jsonb) as bank(stripe_id text, currency text,
        fingerprint text, status text, is_default boolean, bank_name text, last4 text)
    ), turned as (
      select stripe_id, exists (select from bank_accounts other
          where other.fingerprint = given.fingerprint and other.seller_id <> ${sellerId}
            and other.gone_at is null) as is_shared
      from given where is_default and ${coolingHours}::int > 0
        and exists (select from bank_accounts where seller_id = ${sellerId})
        and exists (select from payouts where seller_id = ${sellerId} and ${mayHaveBeenSent})
        and not exists (select from bank_accounts before where before.seller_id = ${sellerId}
          and before.currency = given.currency and before.used_last
          and coalesce(before.fingerprint = given.fingerprint,
            before.stripe_id = given.stripe_id))
    ), gone as (
      update bank_accounts as bank set gone_at = coalesce(gone_at, business_now()),
        is_default = false, used_last = used_last and not ${isReplaced}
      where seller_id = ${sellerId} and (gone_at is null or used_last and ${isReplaced})
        and stripe_id not in (select stripe_id from given)
    )
    insert into bank_accounts as bank (seller_id, stripe_id, currency, fingerprint, status,
      is_default, bank_name, last4, used_last, cools_until, asks_person_since)
    select ${sellerId}, stripe_id, currency, fingerprint, status, is_default, bank_name, last4,
      is_default,
      case when is_shared is not null then business_now() + interval '1 hour'
        * case when is_shared then greatest(${coolingHours}::int, ${longestCoolingHours}::int)
          else ${coolingHours}::int end end,
      case when is_shared then business_now() end
    from given left join turned using (stripe_id)
    on conflict (seller_id, stripe_id) do update set is_listed = true, currency = excluded.currency,
      fingerprint = excluded.fingerprint, status = excluded.status,
      is_default = excluded.is_default, gone_at = null, bank_name = excluded.bank_name,
      last4 = excluded.last4,
      used_last = excluded.is_default or (bank.used_last and not ${isReplaced}),
      cools_until = coalesce(excluded.cools_until, bank.cools_until),
      asks_person_since = case when excluded.cools_until is null then bank.asks_person_since
        else excluded.asks_person_since end
  `.execute(tx);
}

/**
 * Orders a new payout for each returned payout whose money can be paid now, because its currency
 * has a usable bank account. A returned payout is replaced only once. A closed seller is paid after
 * it was reopened. An open order for everything already pays the money that was payable by its
 * cut-off.
 */
export async function payAnew(tx: Tx, sellers: readonly SellerId[]): Promise<PayoutId[]> {
  const { rows } = await sql<{
    id: PayoutId;
    sellerId: SellerId;
    currency: string;
    amount: number;
  }>`
    update payouts set awaits_details = false
    where seller_id = any(${sellers}::text[]) and awaits_details
      and not bank_is_paused(seller_id, currency)
      and exists (select from sellers where sellers.id = seller_id and sellers.status <> 'closed')
      and exists (select from bank_accounts bank where bank.seller_id = payouts.seller_id
        and bank.currency = payouts.currency and bank.is_default and bank.gone_at is null)
      and not exists (select from payouts as open where open.seller_id = payouts.seller_id
        and open.currency = payouts.currency and open.status = 'requested'
        and open.requested_amount is null
        and (open.cut_off_at is null or open.cut_off_at >= payouts.reserved_at))
    returning id, seller_id as "sellerId", currency, from_platform + from_account as amount
  `.execute(tx);
  if (rows.length === 0) return [];
  const ordered = await tx
    .insertInto('payouts')
    .values(
      rows.map(({ id, sellerId, currency, amount }) => ({
        id: orderedPayoutId({ by: 'replacement', replaces: id }),
        seller_id: sellerId,
        currency,
        requested_amount: amount,
        ordered_by: 'new-details',
        replaces: id,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  const concerned = [...new Set(rows.map(({ sellerId }) => sellerId))];
  await addWakeUps(
    tx,
    concerned.map((id) => ({ workflowId: sellerWorkflowId(id), topics: ['payouts'] })),
  );
  return ordered.map(({ id }) => id);
}

/** Lists a seller's current and former bank accounts, newest first. */
export async function listBankAccounts(db: Db, sellerId: SellerId): Promise<BankAccountRecord[]> {
  const rows = await db
    .selectFrom('bank_accounts as bank')
    .selectAll()
    .select(businessNow.as('now'))
    .select(pausedAt.as('same_paused_at'))
    .select(lastFailure.as('failure_code'))
    .select(coolsUntil.as('same_cools_until'))
    .select(sharedWith.as('shared_with'))
    .where('seller_id', '=', sellerId)
    .orderBy('first_seen_at', 'desc')
    .orderBy('stripe_id')
    .execute();
  return rows.map((row) => ({
    id: row.stripe_id,
    currency: row.currency,
    fingerprint: row.fingerprint,
    bankName: row.bank_name,
    last4: row.last4,
    status: row.status,
    isDefault: row.is_default,
    isListed: row.is_listed,
    firstSeenAt: row.first_seen_at,
    goneAt: row.gone_at,
    failures: row.failures,
    failureCode: row.failure_code,
    pausedAt: row.same_paused_at,
    coolsUntil: row.same_cools_until,
    asksPerson: row.same_cools_until !== null && row.asks_person_since !== null,
    sharedWith: row.shared_with,
  }));
}

/** Since when a bank account, named `bank`, is paused. */
const pausedAt = sql<
  string | null
>`bank_paused_since(bank.seller_id, bank.stripe_id, bank.fingerprint)`;

/**
 * The payouts that failed at the number of a bank account, named `bank`: those of its seller, and
 * those of other sellers that failed because of the number itself.
 */
export const failedThere = sql`lateral (
  select payouts.id, failure_code, over_at from bank_accounts same join payouts
    on payouts.seller_id = same.seller_id and payouts.bank_account = same.stripe_id
  where same.fingerprint = bank.fingerprint and ${isRefusedByBank()}
    and (same.seller_id = bank.seller_id
      or failure_code in (${sql.join(numberCodes.map((code) => sql.lit(code)))}))
  union
  select id, failure_code, over_at from payouts where payouts.seller_id = bank.seller_id
    and payouts.bank_account = bank.stripe_id and ${isRefusedByBank()}
) as payouts`;

/** The failure code of the last payout that `failedThere` finds. */
const lastFailure = sql<string | null>`(select failure_code from ${failedThere}
  where failure_code is not null order by over_at desc limit 1)`;

/** The maximum number of sellers that are named beside a bank account. */
const mostNamed = 20;

/** The other sellers who have a bank account with the number of this one, named `bank`, now. */
const sharedWith = sql<{ count: number; first: SellerId[] }>`(
  select jsonb_build_object('count', count(*), 'first', coalesce(
    (jsonb_agg(seller_id order by seller_id) filter (where place <= ${sql.lit(mostNamed)})), '[]'))
  from (select other.seller_id, row_number() over (order by other.seller_id) as place
    from bank_accounts other where other.fingerprint = bank.fingerprint
      and other.gone_at is null and other.seller_id <> bank.seller_id
    group by other.seller_id) as others)`;

/** The end of the cooling period of a changed bank account, named `bank`. */
const coolsUntil = sql<string | null>`(select max(cools_until) from bank_accounts same
  where same.seller_id = bank.seller_id and same.cools_until > business_now()
    and (same.stripe_id = bank.stripe_id or same.fingerprint = bank.fingerprint))`;
