import { sql } from 'kysely';
import {
  newId,
  payoutWorkflowId,
  type PayoutId,
  type SellerId,
  type StripeAccountId,
} from '../domain/ids.ts';
import { moved, type Entry } from '../domain/ledger.ts';
import { bookingOf, type Movement, type Ordered } from '../domain/movements.ts';
import type { Db, Tx } from './connect.ts';
import { toRow } from './ledger.ts';
import { businessNow } from './payouts.ts';
import { replaceShortPayouts } from './short-payouts.ts';
import { lockSeller, lookForThreshold, wakeSeller } from './thresholds.ts';
import { addWakeUps } from './wake-ups.ts';

/** How far an account's books were read, in Stripe's time; null before the first time. */
export async function readMovementCursor(
  db: Db,
  sellerId: SellerId,
): Promise<{ account: StripeAccountId | null; until: string | null }> {
  return db
    .selectFrom('sellers')
    .select(['stripe_account as account', 'movements_until as until'])
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
}

/**
 * Books what we did not order, each movement once, oldest first. Answers with the settled payouts
 * that came back after all; one that is still followed is woken. While the seller is locked nothing
 * is set aside.
 */
export async function recordMovements(
  db: Db,
  sellerId: SellerId,
  movements: readonly Movement[],
): Promise<{ cameBack: PayoutId[] }> {
  return await db.transaction().execute(async (tx) => {
    const { schedule } = await lockSeller(tx, sellerId);
    const payouts = await findOrdered(tx, sellerId, movements);
    const ordered = orderedOf(payouts, await readTransferInDoubt(tx, sellerId));
    const booked: { movement: Movement; entry: Entry }[] = [];
    let until: string | null = null;
    for (const movement of movements) {
      const booking = bookingOf(movement, ordered);
      if (booking.kind === 'hold') break;
      until = movement.createdAt;
      if ('from' in booking) booked.push({ movement, entry: moved(movement, booking, sellerId) });
    }
    const earned = await book(tx, sellerId, booked);
    await tx
      .updateTable('sellers')
      .set({
        movements_read_at: businessNow,
        ...(until !== null && { movements_until: until }),
        ...(earned && { earns_at_account: true }),
      })
      .where('id', '=', sellerId)
      .execute();
    await replaceShortPayouts(tx, sellerId);
    if (earned && (await lookForThreshold(tx, sellerId, schedule))) await wakeSeller(tx, sellerId);
    return { cameBack: await wakeFailed(tx, payouts, movements) };
  });
}

type OrderedRow = Awaited<ReturnType<typeof findOrdered>>[number];

async function findOrdered(tx: Tx, sellerId: SellerId, movements: readonly Movement[]) {
  const of = (pick: (one: Movement) => string | null): string[] =>
    movements.flatMap((one) => pick(one) ?? []);
  const sources = of(({ source }) => source);
  const { rows } = await sql<{
    id: PayoutId;
    status: string;
    stripe_payout_id: string | null;
    transfer_id: string | null;
    destination_payment: string | null;
  }>`
    select id, status, stripe_payout_id, transfer_id, destination_payment from payouts
    where seller_id = ${sellerId} and (stripe_payout_id = any(${sources}::text[])
      or destination_payment = any(${sources}::text[])
      or transfer_id = any(${of(({ sourceTransfer }) => sourceTransfer)}::text[])
      or id = any(${of(({ payoutId }) => payoutId)}::text[]))
  `.execute(tx);
  return rows;
}

async function readTransferInDoubt(tx: Tx, sellerId: SellerId): Promise<string | null> {
  const { rows } = await sql<{ since: string | null }>`
    select min(coalesce(first_sent_at, attempts.created_at)) as since
    from attempts join payouts on payouts.id = attempts.object_id
    where payouts.seller_id = ${sellerId} and payouts.status = 'reserved'
      and attempts.step = 'transfer' and attempts.state in ('started', 'unknown')
  `.execute(tx);
  return rows[0]?.since ?? null;
}

function orderedOf(rows: readonly OrderedRow[], transferInDoubtSince: string | null): Ordered {
  const set = (pick: (row: OrderedRow) => string | null) => {
    return new Set(rows.flatMap((row) => pick(row) ?? []));
  };
  return {
    stripePayouts: set((row) => row.stripe_payout_id),
    // Only there a request may be at Stripe; one that ended before made nothing there.
    payoutsInDoubt: set((row) => (row.status === 'transferred' ? row.id : null)),
    transfers: set((row) => row.transfer_id),
    arrivals: set((row) => row.destination_payment),
    transferInDoubtSince,
  };
}

/** True when income came straight to the account. */
async function book(
  tx: Tx,
  sellerId: SellerId,
  booked: readonly { movement: Movement; entry: Entry }[],
): Promise<boolean> {
  if (booked.length === 0) return false;
  const rows = await tx
    .insertInto('ledger_entries')
    .values(booked.map(({ entry }) => toRow(entry)))
    .onConflict((conflict) => conflict.column('event_key').doNothing())
    .returning('event_key')
    .execute();
  const fresh = new Set(rows.map((row) => row.event_key));
  const isFresh = ({ entry }: { entry: Entry }): boolean => fresh.has(entry.eventKey);
  const income = booked.filter(({ entry }) => entry.kind === 'earning').filter(isFresh);
  if (income.length > 0) {
    await tx
      .insertInto('earnings')
      .values(income.map(({ movement }) => toEarning(sellerId, movement)))
      .onConflict((conflict) => conflict.columns(['seller_id', 'external_id']).doNothing())
      .execute();
  }
  for (const { movement, entry } of booked.filter(isFresh)) {
    if (entry.kind === 'refund' && entry.from === 'account' && movement.charge !== null) {
      await takeOff(tx, sellerId, movement.charge, entry.amount);
    }
  }
  return income.length > 0;
}

function toEarning(sellerId: SellerId, { id, net, currency, source, availableOn }: Movement) {
  return {
    id: newId('earn'),
    seller_id: sellerId,
    external_id: id,
    amount: net,
    currency,
    charge: source,
    available_on: availableOn,
    place: 'account' as const,
  };
}

/** What a refund took off an earning goes into no payout any more. */
async function takeOff(tx: Tx, sellerId: SellerId, charge: string, amount: number): Promise<void> {
  await sql`
    update earnings set allocated = least(amount, allocated + ${amount})
    where seller_id = ${sellerId} and charge = ${charge} and place = 'account'
  `.execute(tx);
}

async function wakeFailed(
  tx: Tx,
  payouts: readonly OrderedRow[],
  movements: readonly Movement[],
): Promise<PayoutId[]> {
  const back = new Set(
    movements.flatMap(({ type, source }) =>
      /^payout_(failure|cancel)$/.test(type) ? (source ?? []) : [],
    ),
  );
  const failed = payouts.filter(
    (row) => row.stripe_payout_id !== null && back.has(row.stripe_payout_id),
  );
  const followed = failed.filter(({ status }) => status === 'sent' || status === 'paid');
  await addWakeUps(
    tx,
    followed.map(({ id }) => ({ workflowId: payoutWorkflowId(id), topics: ['payouts' as const] })),
  );
  return failed.flatMap(({ id, status }) => (status === 'settled' ? [id] : []));
}
