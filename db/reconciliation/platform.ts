import { sql } from 'kysely';
import type { PayoutId } from '../../domain/ids.ts';
import type { Movement, Standing } from '../../domain/reconciliation/movements.ts';
import {
  type KnownToPlatform,
  platformBookingsOf,
} from '../../domain/reconciliation/platform-movements.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import { openDiscrepancies } from './discrepancies.ts';
import { each, findClaims, findDisowned, namesOf } from './facts.ts';
import { keepLines, linkLines, listOpenLines, type OpenLine, recordStandings } from './lines.ts';
import { differencesOf } from './movements.ts';

/** Where to read the platform's lines from, in Stripe's time, and after which line to continue. */
export type Walk = { since: string | null; after: string | null };

/**
 * Begins to read the platform's lines from the newest to the last known, or continues an
 * interrupted walk. The first walk goes back to the installation of this engine.
 */
export async function beginWalk(db: Db): Promise<Walk> {
  const { rows } = await sql<Walk>`
    update reconciliation set walk_began_at = coalesce(walk_began_at, business_now())
    returning coalesce(read_from, (select created_at from installation)) as since,
      walk_after as after
  `.execute(db);
  const [walk] = rows;
  if (!walk) throw new Error('reconciliation has no row');
  return walk;
}

/** Stores a page of the walk, so that the next pass continues after it. */
export async function recordPage(db: Db, newestFirst: readonly Movement[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await keepLines(tx, null, newestFirst.toReversed());
    await tx
      .updateTable('reconciliation')
      .set({
        walk_after: newestFirst.at(-1)?.id ?? null,
        walk_newest: sql`coalesce(walk_newest, ${newestFirst[0]?.createdAt ?? null}::timestamptz)`,
      })
      .execute();
  });
}

/** Records that every line before the start of the walk is stored. */
export async function finishWalk(db: Db): Promise<void> {
  await db
    .updateTable('reconciliation')
    .set({
      read_from: sql`coalesce(walk_newest, read_from)`,
      read_until: sql`walk_began_at`,
      walk_began_at: null,
      walk_newest: null,
      walk_after: null,
    })
    .execute();
}

/** Stores lines that were read again outside a walk. */
export async function keepPlatformLines(db: Db, lines: readonly Movement[]): Promise<void> {
  await db.transaction().execute((tx) => keepLines(tx, null, lines));
}

/** The most lines per transaction. */
const atOnce = 2000;

/** Decides about every unexplained line of the platform. */
export async function takePlatformLines(db: Db): Promise<void> {
  let after: OpenLine | undefined;
  do {
    after = await takeSome(db, after);
  } while (after);
}

/** Decides about the next lines. Returns the last line if there may be more. */
async function takeSome(db: Db, after: OpenLine | undefined): Promise<OpenLine | undefined> {
  return await db.transaction().execute(async (tx) => {
    await sql`select from reconciliation ${lock('reconciliation', 'alone')}`.execute(tx);
    const open = await listOpenLines(tx, null, { after, limit: atOnce });
    const taken = platformBookingsOf(open, await readKnown(tx, open));
    await linkLines(
      tx,
      'platform',
      taken.flatMap(({ movement, booking }) =>
        booking.kind === 'claimed'
          ? [{ entryId: booking.claim.entryId, movementId: movement.id }]
          : [],
      ),
    );
    await recordStandings(
      tx,
      taken.flatMap(({ movement: { id }, booking: { kind } }) =>
        kind === 'booked' ? [] : [{ id, standing: kind }],
      ),
    );
    const found = taken.flatMap(({ movement, booking }) =>
      differencesOf(booking.kind === 'claimed' ? booking.claim.sellerId : null, movement, booking),
    );
    await openDiscrepancies(tx, found);
    return open.length === atOnce ? open.at(-1) : undefined;
  });
}

async function readKnown(tx: Tx, movements: readonly Movement[]): Promise<KnownToPlatform> {
  const named = each(movements, ({ payoutId }) => payoutId) as PayoutId[];
  const payouts = await sql<{ id: PayoutId }>`
    select id from payouts where id = any(${named}::text[])
  `.execute(tx);
  const known = new Set(payouts.rows.map(({ id }) => id));
  const unknown = movements.filter(({ payoutId }) => payoutId !== null && !known.has(payoutId));
  const behind = each(movements, ({ object, transfer }) => (object === transfer ? null : transfer));
  const transfers = await sql<{ id: string; standing: Standing }>`
    select object as id, standing from movements
    where seller_id is null and object = transfer and object = any(${behind}::text[])
    union all
    select object, 'claimed' from claims
    where side = 'platform' and movement_id is null and object = any(${behind}::text[])
  `.execute(tx);
  return {
    claims: await findClaims(tx, 'platform', namesOf(movements)),
    payouts: known,
    disowned: new Set((await findDisowned(tx, unknown)).keys()),
    transfers: new Map(transfers.rows.map(({ id, standing }) => [id, standing])),
  };
}

/** The discrepancies opened since the pass before, and all that are open. */
export type FoundByPass = { newDiscrepancies: number; openDiscrepancies: number };

/** Records when a pass over both sides ended. Returns the number of discrepancies. */
export async function recordPass(db: Db): Promise<FoundByPass> {
  const { rows } = await sql<FoundByPass>`
    update reconciliation set passed_at = business_now()
    from (select passed_at as before from reconciliation) as last
    returning (select count(*)::int from discrepancies
        where opened_at >= coalesce(before, '-infinity')) as "newDiscrepancies",
      (select count(*)::int from discrepancies where closed_at is null) as "openDiscrepancies"
  `.execute(db);
  return rows[0] ?? { newDiscrepancies: 0, openDiscrepancies: 0 };
}
