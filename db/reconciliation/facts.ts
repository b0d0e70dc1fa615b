import { sql } from 'kysely';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { mayPayOut, mayTransfer, type PayoutStatus } from '../../domain/payouts/states.ts';
import { mayComeBack } from '../../domain/payouts/transitions.ts';
import type { Outcome } from '../../domain/reconciliation/discrepancies.ts';
import type { ArrivedAs, Claim, Known, NamedPayout } from '../../domain/reconciliation/known.ts';
import type { Movement } from '../../domain/reconciliation/movements.ts';
import type { Tx } from '../connect.ts';

/** Reads the facts that decide what these lines of a seller's account are. */
export async function readKnown(
  tx: Tx,
  sellerId: SellerId,
  movements: readonly Movement[],
): Promise<Known> {
  const payouts = await findPayouts(tx, sellerId, movements);
  const byId = new Set(payouts.map(({ id }) => id));
  const unknown = movements.filter(({ payoutId }) => payoutId !== null && !byId.has(payoutId));
  return {
    claims: await findClaims(tx, 'account', namesOf(movements)),
    payouts: new Map(payouts.map((row) => [row.id, toNamed(row, sellerId)])),
    stripePayouts: new Map(
      payouts.flatMap((row) => {
        const { seller_id: owner, stripe_id: id } = row;
        return owner === sellerId && id !== null ? [[id, mayComeBack(row)] as const] : [];
      }),
    ),
    arrivals: await findArrivals(tx, sellerId, movements),
    ...(await findForeign(tx, sellerId, movements)),
    disowned: await findDisowned(tx, unknown),
  };
}

type PayoutRow = {
  id: PayoutId;
  seller_id: SellerId;
  currency: string;
  status: PayoutStatus;
  transfer_id: string | null;
  stripe_id: string | null;
};

async function findPayouts(
  tx: Tx,
  sellerId: SellerId,
  movements: readonly Movement[],
): Promise<PayoutRow[]> {
  const { rows } = await sql<PayoutRow>`
    select id, seller_id, currency, status, transfer_id, stripe_payout_id as stripe_id
    from payouts where id = any(${each(movements, ({ payoutId }) => payoutId)}::text[])
    union
    select id, seller_id, currency, status, transfer_id, stripe_payout_id
    from payouts where seller_id = ${sellerId}
      and stripe_payout_id = any(${each(movements, ({ source }) => source)}::text[])
  `.execute(tx);
  return rows;
}

function toNamed(row: PayoutRow, sellerId: SellerId): NamedPayout {
  return {
    isOfAccount: row.seller_id === sellerId,
    currency: row.currency,
    transferId: row.transfer_id,
    stripePayoutId: row.stripe_id,
    mayTransfer: mayTransfer(row.status),
    mayPayOut: mayPayOut(row.status),
  };
}

/**
 * Finds entries that no line confirms yet. A second line of the same object is another movement.
 */
export async function findClaims(
  tx: Tx,
  side: 'account' | 'platform',
  names: readonly string[],
): Promise<Map<string, readonly Claim[]>> {
  const { rows } = await sql<Claim & { name: string }>`
    select object as name, entry_id as "entryId", claims.seller_id as "sellerId", net,
      claims.currency, case when net > 0 then from_place else to_place end as beyond
    from claims join ledger_entries on ledger_entries.id = entry_id
    where object = any(${names}::text[]) and side = ${side} and movement_id is null
    order by entry_id
  `.execute(tx);
  const claims = new Map<string, Claim[]>();
  for (const { name, ...claim } of rows) claims.set(name, [...(claims.get(name) ?? []), claim]);
  return claims;
}

/**
 * How the money of these refunds had come to the account. The arrivals are lines that were read
 * before.
 */
async function findArrivals(
  tx: Tx,
  sellerId: SellerId,
  movements: readonly Movement[],
): Promise<Map<string, ArrivedAs>> {
  const { rows } = await sql<{ source: string; arrived: ArrivedAs }>`
    select source, case
      when from_place like 'platform%' or ${isCounted} then 'from-platform'
      when from_place = 'owed' then 'income'
      when from_place is null then 'open' else 'foreign' end as arrived
    from movements left join claims on movement_id = movements.id
      left join ledger_entries on ledger_entries.id = entry_id
    where source = any(${each(movements, ({ charge }) => charge)}::text[])
      and movements.net > 0 and transfer is not null and movements.seller_id = ${sellerId}
  `.execute(tx);
  return new Map(rows.map(({ source, arrived }) => [source, arrived]));
}

/**
 * True for the arrival of a transfer by somebody else that a person counted as owed: a reversal
 * takes the money back to the platform, which then owes it again.
 */
const isCounted = sql<boolean>`exists (select from discrepancies as counted
  where counted.cause in ('transfer-not-ordered', 'payout-unknown')
    and counted.object in (movements.object, movements.id) and counted.outcome = 'owed')`;

/** What left under these sources without an order, and the sources that count as paid. */
async function findForeign(
  tx: Tx,
  sellerId: SellerId,
  movements: readonly Movement[],
): Promise<Pick<Known, 'foreign' | 'counted'>> {
  const back = movements.filter(({ net }) => net > 0);
  if (back.length === 0) return { foreign: new Map(), counted: new Set() };
  const { rows } = await sql<{ source: string; out: number; isCounted: boolean }>`
    select source, -sum(claims.net)::bigint as out,
      exists (select from payouts where payouts.seller_id = ${sellerId}
        and status = 'paid-elsewhere' and source = any(paid_by)) as "isCounted"
    from movements join claims on movement_id = movements.id
      join ledger_entries on ledger_entries.id = entry_id
    where movements.seller_id = ${sellerId} and kind = 'foreign'
      and source = any(${each(back, ({ source }) => source)}::text[])
    group by source
  `.execute(tx);
  return {
    foreign: new Map(rows.map(({ source, out }) => [source, out])),
    counted: new Set(rows.flatMap(({ source, isCounted }) => (isCounted ? [source] : []))),
  };
}

/**
 * What money in the name of unknown payouts was for, by object, as persons said when they closed
 * its discrepancies. Reads nothing if no line names an unknown payout.
 */
export async function findDisowned(
  tx: Tx,
  unknown: readonly Movement[],
): Promise<Map<string, Outcome>> {
  if (unknown.length === 0) return new Map();
  const { rows } = await sql<{ object: string; outcome: Outcome }>`
    select object, outcome from discrepancies where cause = 'payout-unknown'
      and outcome is not null and object = any(${each(unknown, ({ object }) => object)}::text[])
  `.execute(tx);
  return new Map(rows.map(({ object, outcome }) => [object, outcome]));
}

/** The names under which entries may refer to these lines. */
export function namesOf(movements: readonly Movement[]): string[] {
  return [...each(movements, ({ id }) => id), ...each(movements, ({ object }) => object)];
}

/** One value of each movement, without duplicates and nulls. */
export function each(
  movements: readonly Movement[],
  pick: (one: Movement) => string | null,
): string[] {
  return [...new Set(movements.flatMap((one) => pick(one) ?? []))];
}
