import { sql } from 'kysely';
import {
  newId,
  type PayoutId,
  type SellerId,
  type StripeAccountId,
  type StripePayoutId,
} from '../../domain/ids.ts';
import { type Entry, moved } from '../../domain/ledger.ts';
import { wakesOf } from '../../domain/payouts/transition-type.ts';
import { recorderOfReturn } from '../../domain/payouts/transitions.ts';
import { causes } from '../../domain/reconciliation/discrepancies.ts';
import {
  agrees,
  type Booking,
  bookingsOf,
  isDebit,
  isOpenReturn,
  type Movement,
} from '../../domain/reconciliation/movements.ts';
import type { Db, Tx } from '../connect.ts';
import { allocate, lockUnexplained } from '../earnings/allocations.ts';
import { hasFailed } from '../failed-reads/conditions.ts';
import { placeHold } from '../holds.ts';
import { entryLines } from '../ledger.ts';
import { lockSeller } from '../locks.ts';
import { lookForThreshold } from '../paydays/thresholds.ts';
import { replaceShortPayouts } from '../payouts/shortfalls.ts';
import { parkedForMoney } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { addWakeUps, transact, wakeSeller } from '../wake-ups.ts';
import { holdPaidByCharge } from './charges/coverage.ts';
import { type Difference, findDiscrepancyOver, openDiscrepancies } from './discrepancies.ts';
import { readKnown } from './facts.ts';
import { keepLines, linkLines, listOpenLines, type OpenLine, recordStandings } from './lines.ts';
import { recordMovedBack } from './moved-back.ts';
import { alarmOver } from './unknown-payouts.ts';

/** How far an account's books were read, in Stripe's time. Null before the first read. */
export async function readMovementCursor(
  db: Db,
  sellerId: SellerId,
): Promise<{
  account: StripeAccountId | null;
  until: string | null;
  now: string;
  /** True if the last read of the books failed. */
  isUnread: boolean;
}> {
  return db
    .selectFrom('sellers')
    .select(['stripe_account as account', 'movements_until as until', businessNow.as('now')])
    .select(hasFailed('books').as('isUnread'))
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
}

/**
 * A payout that came back although no workflow finds out: it was settled, or it was debited back.
 */
type CameBack = { payoutId: PayoutId; debit: StripePayoutId | null };

/** The lines of an account that were read, oldest first, and when. */
type Read = { lines: readonly Movement[]; readAt: string | null };

/**
 * Stores the lines that were read, and decides about every unexplained line of the account. Returns
 * the payouts whose return the caller must record.
 */
export async function recordMovements(
  db: Db,
  sellerId: SellerId,
  read: Read,
): Promise<{ cameBack: CameBack[] }> {
  return await transact(db, (tx) => takeMovements(tx, sellerId, read));
}

/**
 * Decides again about the unexplained lines of an account, after a person said what their money was
 * for.
 */
export async function explainLines(tx: Tx, sellerId: SellerId): Promise<void> {
  await takeMovements(tx, sellerId, { lines: [], readAt: null });
}

/**
 * Decides about every unexplained line: an entry records it, or it is booked now, or it stays open
 * and is checked again. A payout that is still followed is woken if it came back. While the seller
 * is locked, no money is reserved.
 */
async function takeMovements(
  tx: Tx,
  sellerId: SellerId,
  { lines, readAt }: Read,
): Promise<{ cameBack: CameBack[] }> {
  const { schedule } = await lockSeller(tx, sellerId);
  await keepLines(tx, sellerId, lines);
  const open = await listOpenLines(tx, sellerId);
  const taken = bookingsOf(open, await readKnown(tx, sellerId, open));
  const earned = await book(tx, sellerId, taken);
  await confirmClaims(tx, taken);
  await recordStandings(
    tx,
    taken.map(({ movement, booking: { kind } }) => {
      return { id: movement.id, standing: kind === 'booked' ? 'claimed' : kind };
    }),
  );
  await tell(tx, sellerId, taken);
  await recordMovedBack(tx, sellerId, taken);
  const until =
    lines
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .at(-1) ?? null;
  await tx
    .updateTable('sellers')
    .set({
      movements_read_at: sql`greatest(movements_read_at, ${readAt}::timestamptz)`,
      movements_until: sql`greatest(movements_until, ${until}::timestamptz)`,
      ...(earned && { earns_at_account: true }),
      ...(taken.some(hasCome) && { parked: parkedForMoney }),
    })
    .where('id', '=', sellerId)
    .execute();
  await replaceShortPayouts(tx, sellerId);
  const grew = taken.some(
    ({ booking }) => booking.kind === 'booked' && booking.entry.to === 'account',
  );
  if (grew && (await lookForThreshold(tx, sellerId, schedule))) await wakeSeller(tx, sellerId);
  return { cameBack: await wakeFailed(tx, sellerId, taken) };
}

type Taken = readonly { movement: OpenLine; booking: Booking }[];

/** True for a line of money that came to the account and that no order of the engine explains. */
function hasCome({ movement, booking }: Taken[number]): boolean {
  return booking.kind === 'booked' && movement.net > 0;
}

/** Books the lines that no entry records. Returns true if income came directly to the account. */
async function book(tx: Tx, sellerId: SellerId, taken: Taken): Promise<boolean> {
  const booked = taken.flatMap(({ movement, booking }) =>
    booking.kind === 'booked'
      ? [{ movement, entry: moved(movement, booking.entry, sellerId) }]
      : [],
  );
  if (booked.length === 0) return false;
  const { columns, lines } = entryLines(booked.map(({ entry }) => entry));
  const { rows } = await sql<{ id: number; event_key: string }>`
    insert into ledger_entries (${columns}) select line.* from ${lines} returning id, event_key
  `.execute(tx);
  await linkLines(
    tx,
    'account',
    rows.map(({ id, event_key }) => ({ entryId: id, movementId: event_key })),
  );
  await recordIncome(tx, sellerId, booked);
  for (const { movement, entry } of booked) {
    if (entry.kind === 'refund' && entry.from === 'account' && movement.charge !== null) {
      await takeOff(tx, sellerId, movement.charge, entry.amount);
    }
  }
  return booked.some(({ entry }) => entry.kind === 'earning');
}

/**
 * Income counts as earned when Stripe received it, so that a late read of the books costs no
 * payday.
 */
async function recordIncome(
  tx: Tx,
  sellerId: SellerId,
  booked: readonly { movement: Movement; entry: Entry }[],
): Promise<void> {
  const income = booked.filter(({ entry }) => entry.kind === 'earning');
  if (income.length === 0) return;
  const given = JSON.stringify(
    income.map(({ movement: { id, net, currency, source, transfer, ofCharge, ...at } }) => ({
      id: newId('earn'),
      external_id: id,
      amount: net,
      currency,
      charge: source,
      brought_by: broughtBy({ ofCharge, transfer, source }),
      available_on: at.availableOn,
      created_at: at.createdAt,
    })),
  );
  await sql`
    insert into earnings (id, seller_id, external_id, amount, currency, charge, brought_by,
      available_on, created_at, place)
    select id, ${sellerId}, external_id, amount, currency, charge, brought_by, available_on,
      least(created_at, business_now()), 'account'
    from jsonb_to_recordset(${given}::jsonb) as given(id text, external_id text, amount bigint,
      currency text, charge text, brought_by text, available_on timestamptz,
      created_at timestamptz)
    on conflict (seller_id, external_id) do nothing
  `.execute(tx);
  await allocate(tx, await lockUnexplained(tx, sellerId));
  const charges = income.flatMap(({ movement }) => broughtBy(movement) ?? []);
  await holdPaidByCharge(tx, sellerId, charges);
}

/** The customer's charge that brought this income, or null if its line does not name the charge. */
function broughtBy({
  ofCharge,
  transfer,
  source,
}: Pick<Movement, 'ofCharge' | 'transfer' | 'source'>): string | null {
  return ofCharge ?? (transfer === null ? source : null);
}

/** Removes what a refund took from an earning, so that no payout pays it. */
async function takeOff(tx: Tx, sellerId: SellerId, charge: string, amount: number): Promise<void> {
  await sql`
    update earnings set allocated = least(amount, allocated + ${amount})
    where seller_id = ${sellerId} and charge = ${charge} and place = 'account'
  `.execute(tx);
}

async function confirmClaims(tx: Tx, taken: Taken): Promise<void> {
  await linkLines(
    tx,
    'account',
    taken.flatMap(({ movement, booking }) =>
      booking.kind === 'claimed'
        ? [{ entryId: booking.claim.entryId, movementId: movement.id }]
        : [],
    ),
  );
}

/** Holds money whose purpose nobody knows, and opens discrepancies for a person. */
async function tell(tx: Tx, sellerId: SellerId, taken: Taken): Promise<void> {
  const differing = taken.flatMap(({ movement, booking }) =>
    differencesOf(sellerId, movement, booking),
  );
  // Discrepancies are opened first, so that each hold can refer to one.
  await openDiscrepancies(tx, differing);
  for (const { movement, booking } of taken) {
    if (booking.kind !== 'booked' || !booking.isHeld) continue;
    const [difference] = differencesOf(sellerId, movement, booking);
    const about = difference ? await findDiscrepancyOver(tx, difference) : null;
    const what =
      booking.cause === 'payout-unknown'
        ? 'Money came in the name of an unknown payout, and a person said that it is not owed'
        : causes[booking.cause ?? 'moved-without-us'].what;
    const hold = { currency: movement.currency, amount: booking.entry.amount, expiresAt: null };
    const why = { reasonCode: 'unexplained-money', reason: `${what} (${movement.id})` } as const;
    await placeHold(tx, { sellerId, source: 'system', ...why, about, ...hold }, 'engine');
  }
  await alarmOver(tx, sellerId, taken);
}

/** The differences of a line that a person must look at. */
export function differencesOf(
  sellerId: SellerId | null,
  movement: Movement,
  booking: Booking,
): Difference[] {
  const { id, object, net, currency, payoutId } = movement;
  const atStripe = { movementId: id, object, net, currency };
  const of = { sellerId, payoutId, atStripe, object: object ?? id };
  if (booking.kind === 'unknown-payout') return [{ ...of, cause: 'payout-unknown' }];
  if (booking.kind === 'booked') return booking.cause ? [{ ...of, cause: booking.cause }] : [];
  if (booking.kind !== 'claimed' || agrees(movement, booking.claim)) return [];
  return [{ ...of, cause: 'amount-differs', object: id, inLedger: booking.claim }];
}

/**
 * Wakes payouts whose return is in Stripe's books and in no entry yet. Returns the payouts whose
 * return no workflow finds.
 */
async function wakeFailed(tx: Tx, sellerId: SellerId, taken: Taken): Promise<CameBack[]> {
  const returns = taken.flatMap(({ movement, booking }) =>
    isOpenReturn(movement, booking) ? [movement] : [],
  );
  const sources = returns.flatMap(({ source }) => source ?? []) as StripePayoutId[];
  if (sources.length === 0) return [];
  const rows = await tx
    .selectFrom('payouts')
    .select(['id', 'status', 'stripe_payout_id'])
    .where('seller_id', '=', sellerId)
    .where('stripe_payout_id', 'in', sources)
    .execute();
  const back = rows.map((row) => {
    const line = returns.find(({ source }) => source === row.stripe_payout_id);
    const debit = line && isDebit(line) ? (line.object as StripePayoutId) : null;
    return { cameBack: { payoutId: row.id, debit }, by: recorderOfReturn(row, debit !== null) };
  });
  const wakes = back.flatMap(({ cameBack, by }) => (by === 'workflow' ? wakesOf(cameBack) : []));
  await addWakeUps(tx, wakes);
  return back.flatMap(({ cameBack, by }) => (by === 'reader' ? [cameBack] : []));
}
