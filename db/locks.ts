import { type RawBuilder, sql } from 'kysely';
import type { EarningId, HoldId, PayoutId, SellerId } from '../domain/ids.ts';
import type { Schedule } from '../domain/paydays/schedule.ts';
import type { Tx } from './connect.ts';

/**
 * The order in which a transaction locks rows, so that transactions never wait for each other in a
 * cycle. A transaction begins with the key of its command, if it has one (`commandLock`). Then it
 * locks the object of the command, its sellers, their holds and payouts, the attempts of the
 * payouts, and earnings. Several rows of one table are locked in the order of their ids.
 * `right_to_send`, `money_stops` and `operations` are locked after them, and wake-ups last.
 *
 * A decision about a customer's charge takes the lock of the charge after the lock of its seller,
 * and one such lock at most.
 *
 * The place of `clock` and `reconciliation` in the list does not matter: each is the first lock of
 * one kind of transaction, and no other transaction locks it. `balances` is not in the list,
 * because only the trigger of the entries locks its rows, after everything else. Holds and pauses
 * are locked together with their seller. A statement that skips locked rows waits for nobody.
 */
export const lockOrder = [
  'api_keys',
  'attention_lists',
  'attention_items',
  'adoptions',
  'sellers',
  'payouts',
  'attempts',
  'earnings',
  'right_to_send',
  'money_stops',
  'operations',
  'clock',
  'reconciliation',
  'wake_ups',
] as const;

type Lockable = (typeof lockOrder)[number];

const strengths = {
  /** Nobody else changes the row, and no new row refers to it. */
  alone: 'for update',
  /** Nobody else changes the row. New rows may refer to it. */
  'to-change': 'for no key update',
  /** Nobody changes the row. */
  'to-read': 'for share',
  /** Nobody takes the lock `alone`, for example to close a seller. */
  'to-refer': 'for key share',
} as const;

/**
 * The end of a query that locks the rows of this table that the query finds, until the transaction
 * ends.
 */
export function lock(table: Lockable, strength: keyof typeof strengths): RawBuilder<unknown> {
  return sql`${sql.raw(strengths[strength])} of ${sql.table(table)}`;
}

/**
 * Like `lock` with the strength `alone`, but the query finds only rows that no other transaction
 * has locked.
 */
export function lockFree(table: Lockable): RawBuilder<unknown> {
  return sql`${lock(table, 'alone')} skip locked`;
}

/**
 * Takes the lock with a command's number until the transaction ends, as SQL. False if another
 * transaction has the lock.
 */
export function commandLock(number: bigint) {
  return sql<boolean>`pg_try_advisory_xact_lock(${number.toString()}::bigint)`;
}

/** Prevents attempts from being opened, sent or decided until the transaction ends. */
export async function lockAllAttempts(tx: Tx): Promise<void> {
  await sql`lock table attempts in share row exclusive mode`.execute(tx);
}

/**
 * Locks a customer's charge until the transaction ends, so that two sellers' earnings never get the
 * same part of its money. Charges have no rows here, so this is an advisory lock. Its first number
 * separates it from the locks of commands.
 */
export async function lockCharge(tx: Tx, charge: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(1, hashtext(${charge}))`.execute(tx);
}

/**
 * Lets only one process at a time record its `ADMIN_API_KEY`, so that the last of several new keys
 * is the only valid one.
 */
export async function lockAdminKey(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(2, 0)`.execute(tx);
}

/**
 * Prevents every other transaction from writing about the seller until this transaction ends. While
 * a schedule changes, new earnings are therefore checked against the old thresholds or the new
 * ones.
 */
export async function lockSellerAlone(tx: Tx, sellerId: SellerId): Promise<void> {
  await tx
    .selectFrom('sellers')
    .select('id')
    .where('id', '=', sellerId)
    .modifyEnd(lock('sellers', 'alone'))
    .execute();
}

/**
 * Locks the seller before its payouts and holds, so that nobody reserves the seller's money
 * meanwhile.
 */
export async function lockSeller(
  tx: Tx,
  sellerId: SellerId,
): Promise<{ schedule: Schedule | null }> {
  return tx
    .selectFrom('sellers')
    .select('schedule')
    .where('id', '=', sellerId)
    .modifyEnd(lock('sellers', 'to-change'))
    .executeTakeFirstOrThrow();
}

/** Locks the seller of a payout, hold or earning. Returns undefined if there is no such row. */
export async function lockSellerOf(
  tx: Tx,
  of: { payouts: PayoutId } | { holds: HoldId } | { earnings: EarningId },
): Promise<{ schedule: Schedule | null } | undefined> {
  const [[table, id] = []] = Object.entries(of);
  return tx
    .selectFrom('sellers')
    .select('schedule')
    .where(
      'id',
      '=',
      sql<SellerId>`(select seller_id from ${sql.table(table ?? '')} where id = ${id})`,
    )
    .modifyEnd(lock('sellers', 'to-change'))
    .executeTakeFirst();
}

/**
 * Locks the seller and every other seller who has or had a bank account with the number of this
 * bank account, because a failure there, and a resumption, concern all of them. Returns all of
 * them.
 */
export async function lockSellersOfBank(
  tx: Tx,
  { sellerId, bankAccount }: { sellerId: SellerId; bankAccount: string },
): Promise<SellerId[]> {
  const { rows } = await sql<{ id: SellerId }>`
    select id from sellers where id in (
      select ${sellerId}::text union select other.seller_id from bank_accounts own
      join bank_accounts other on other.fingerprint = own.fingerprint
      where own.seller_id = ${sellerId} and own.stripe_id = ${bankAccount})
    order by id ${lock('sellers', 'to-change')}
  `.execute(tx);
  return rows.map(({ id }) => id);
}

/** Locks these sellers, and the sellers of these payouts. */
export async function lockSellers(
  tx: Tx,
  of: { sellers: readonly SellerId[]; payouts: readonly PayoutId[] },
): Promise<void> {
  await sql`
    select from sellers where id = any(${of.sellers}::text[])
      or id in (select seller_id from payouts where id = any(${of.payouts}::text[]))
    order by id ${lock('sellers', 'to-change')}
  `.execute(tx);
}
