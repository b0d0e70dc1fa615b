import { sql } from 'kysely';
import type { PayoutId, SellerId } from '../domain/ids.ts';
import { isOver, payoutStatuses } from '../domain/payout.ts';
import type { Db, Tx } from './connect.ts';
import { listHolds, type HoldRecord } from './holds.ts';
import { readOperations } from './operations.ts';
import { businessNow } from './payouts.ts';
import { findSeller, type SellerRecord } from './sellers.ts';
import * as views from './views.ts';

/** All that is known of a payout, as it stood at one instant. */
export type PayoutFacts = NonNullable<Awaited<ReturnType<typeof readPayoutFacts>>>;

/** All that is known of a seller, as it stood at one instant. */
export type SellerFacts = NonNullable<Awaited<ReturnType<typeof readSellerFacts>>>;

/** Earnings, payouts and dates shown in an explanation; lists of their own have the rest. */
const mostShown = 20;

/** Reads what explains a payout; undefined when there is none. */
export async function readPayoutFacts(db: Db, payoutId: PayoutId) {
  return atOneInstant(db, async (tx) => {
    const payout = await views.findPayout(tx, payoutId);
    if (!payout) return undefined;
    const items = await views.listPayoutItems(tx, payoutId);
    return {
      now: await readNow(tx),
      payout,
      seller: await readSellerBeside(tx, payout.sellerId),
      items: { count: items.length, first: items.slice(0, mostShown) },
      attempts: await views.listAttempts(tx, payoutId),
      entries: await views.listPayoutEntries(tx, payoutId),
      commands: await views.listCommands(tx, payoutId),
      operations: await readOperations(tx),
    };
  });
}

/** Reads what explains a seller; undefined when there is none. */
export async function readSellerFacts(db: Db, sellerId: SellerId) {
  return atOneInstant(db, async (tx) => {
    const seller = await findSeller(tx, sellerId);
    if (!seller) return undefined;
    return {
      now: await readNow(tx),
      seller: await readSellerBeside(tx, sellerId),
      balances: await views.readBalances(tx, sellerId),
      upcoming: await listUpcoming(tx, sellerId),
      openPayouts: await listOpen(tx, sellerId),
      lastPayouts: await views.listPayouts(tx, { sellerId, limit: 5 }),
      attempts: await views.listAttempts(tx, sellerId),
      commands: await views.listCommands(tx, sellerId),
      operations: await readOperations(tx),
    };
  });
}

/** A seller, since when it waits for a person, and what holds its money back. */
export type SellerBeside = SellerRecord & { parkedAt: string | null; holds: HoldRecord[] };

async function readSellerBeside(tx: Tx, sellerId: SellerId): Promise<SellerBeside> {
  const seller = await findSeller(tx, sellerId);
  const { parked_at } = await tx
    .selectFrom('sellers')
    .select('parked_at')
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
  if (!seller) throw new Error(`no such seller: ${sellerId}`);
  const holds = await listHolds(tx, { sellerId, active: true, limit: mostShown });
  return { ...seller, parkedAt: parked_at, holds: holds.toReversed() };
}

/** Several statements that see one state, so that no part contradicts another. */
async function atOneInstant<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(read);
}

async function readNow(tx: Tx): Promise<string> {
  const { now } = await tx.selectNoFrom(businessNow.as('now')).executeTakeFirstOrThrow();
  return now;
}

/** When earnings become payable, soonest first; null until their charge said. */
async function listUpcoming(tx: Tx, sellerId: SellerId) {
  const { rows } = await sql<{ at: string | null; currency: string; amount: number }>`
    select available_on as at, currency, sum(amount - allocated)::bigint as amount
    from earnings where seller_id = ${sellerId} and allocated < amount
      and (available_on is null or available_on > business_now())
    group by available_on, currency order by available_on nulls last, currency limit ${mostShown}
  `.execute(tx);
  return rows;
}

const openStatuses = payoutStatuses.filter((status) => !isOver({ status }));

async function listOpen(tx: Tx, sellerId: SellerId) {
  const rows = await tx
    .selectFrom('payouts')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .where('status', 'in', openStatuses)
    .orderBy('created_at')
    .orderBy('id')
    .limit(mostShown)
    .execute();
  return rows.map(views.toRecord);
}
