import { heartbeat, log } from '@temporalio/activity';
import {
  checkBooks,
  type LateClaim,
  listLateClaims,
  listSellersWithOpenLines,
  openMissingEntries,
  openMissingLines,
  takeUnchecked,
} from '../../db/reconciliation/differences.ts';
import {
  beginWalk,
  type FoundByPass,
  finishWalk,
  keepPlatformLines,
  recordPage,
  recordPass,
  takePlatformLines,
} from '../../db/reconciliation/platform.ts';
import type { SellerId } from '../../domain/ids.ts';
import { readPages, readStripe, type StripeDeps } from '../stripe/call-once.ts';
import { checkingRead } from '../stripe/failed-reads.ts';
import {
  overlapSeconds,
  readMovements,
  takeOpenLines,
  toMovement,
} from './balance-transactions.ts';

/** How much one pass does, and the grace time before a difference counts as a discrepancy. */
export type Reconciliation = { pages: number; lines: number; graceMinutes: number };

const usual: Reconciliation = { pages: 100, lines: 10_000, graceMinutes: 60 };
/**
 * The most sellers per pass whose unexplained lines are checked, and whose books are read again.
 */
const lookedAt = 500;
const readAgain = 20;

/** The activities that compare Stripe's books with the ledger, in both directions. */
export function createReconciliationActivities(
  deps: StripeDeps & { reconciliation?: Reconciliation },
) {
  const { db } = deps;
  const { pages, lines, graceMinutes } = deps.reconciliation ?? usual;
  return {
    /**
     * Reads the new lines of the platform's own books, at most one pass's pages. Returns the number
     * of lines.
     */
    async retrievePlatformMovements(): Promise<number> {
      const read = await walk(deps, pages);
      await takePlatformLines(db);
      return read;
    },

    /** Checks unexplained lines of accounts again. Returns the number of sellers. */
    async takeOpenMovements(): Promise<number> {
      const sellers = await listSellersWithOpenLines(db, lookedAt);
      for (const sellerId of sellers) {
        heartbeat();
        await orLater(sellerId, () => takeOpenLines(deps, sellerId));
      }
      return sellers.length;
    },

    /**
     * Opens a discrepancy for each difference that is not known yet. Returns the number of
     * discrepancies.
     */
    async findDifferences(): Promise<FoundByPass> {
      const late = await listLateClaims(db, { graceMinutes, limit: lines });
      // Stripe's lists lag: a line that was missing then may exist now.
      await openMissingLines(db, await readOnceMore(deps, late));
      await openMissingEntries(db, graceMinutes);
      await checkBooks(db, await takeUnchecked(db, lines));
      return recordPass(db);
    },
  };
}

/** Reads from the newest line to the last known one, over several passes if there are too many. */
async function walk(deps: StripeDeps, pages: number): Promise<number> {
  const { stripe, db } = deps;
  const { since, after } = await beginWalk(db);
  const created = { gte: since === null ? 0 : secondsOf(since) - overlapSeconds };
  let last = after;
  let read = 0;
  for (let page = 0; page < pages; page += 1) {
    heartbeat();
    const { data, has_more } = await checkingRead(db, 'platform-books', () =>
      readStripe(deps, 'GET /v1/balance_transactions', () =>
        stripe.balanceTransactions.list({
          created,
          expand: ['data.source'],
          limit: 100,
          ...(last !== null && { starting_after: last }),
        }),
      ),
    );
    read += data.length;
    last = data.at(-1)?.id ?? null;
    if (data.length > 0) await recordPage(db, data.map(toMovement));
    if (!has_more || last === null) {
      await finishWalk(db);
      return read;
    }
  }
  return read;
}

/** Returns the claims whose account could be read again, from a time before the movement. */
async function readOnceMore(deps: StripeDeps, late: readonly LateClaim[]): Promise<LateClaim[]> {
  const read: LateClaim[] = [];
  const ofPlatform = late.filter(({ side }) => side === 'platform').slice(0, readAgain);
  for (const claim of ofPlatform) {
    heartbeat();
    if (await orLater(claim.sellerId, () => readPlatformLine(deps, claim))) read.push(claim);
  }
  await takePlatformLines(deps.db);
  const ofAccounts = Map.groupBy(
    late.filter(({ side }) => side === 'account'),
    ({ sellerId }) => sellerId,
  );
  for (const [sellerId, claims] of [...ofAccounts].slice(0, readAgain)) {
    heartbeat();
    const since = claims.map((claim) => claim.since).sort()[0] ?? null;
    if (await orLater(sellerId, () => readMovements(deps, sellerId, since))) read.push(...claims);
  }
  return read;
}

async function readPlatformLine(deps: StripeDeps, { object }: LateClaim): Promise<void> {
  const lines = await readPages(deps, 'GET /v1/balance_transactions', (page) =>
    deps.stripe.balanceTransactions.list({ source: object, expand: ['data.source'], ...page }),
  );
  await keepPlatformLines(deps.db, lines.map(toMovement).toReversed());
}

/** If one seller's books cannot be read now, the others are checked all the same. */
async function orLater(sellerId: SellerId, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    log.warn('books not read', { sellerId, error: error instanceof Error ? error.name : '' });
    return false;
  }
}

function secondsOf(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}
