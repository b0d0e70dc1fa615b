import { cancellationSignal, heartbeat, log } from '@temporalio/activity';
import type { Stripe } from 'stripe';
import type { Db } from '../../db/connect.ts';
import { takeUnresolvedEarnings } from '../../db/earnings/unresolved.ts';
import { recordCheck } from '../../db/operations/checks.ts';
import { recordCharge } from '../../db/reconciliation/charges/coverage.ts';
import {
  recordMissingCharge,
  reportUnclearCharges,
} from '../../db/reconciliation/charges/unread-charges.ts';
import { readCursor, recordCursor } from '../../db/stripe-events/cursors.ts';
import { recordEvents } from '../../db/stripe-events/inbox.ts';
import { businessNow } from '../../db/time.ts';
import type { ReadError } from '../../domain/failed-reads/accounts.ts';
import { readableCheck, sayPlatformRead } from '../../domain/failed-reads/platform.ts';
import { type StripeEvent, sweptTypes } from '../../domain/stripe-events/wake-rules.ts';
import { readCharge } from '../earnings.ts';
import {
  isForbidden,
  isMissing,
  isReadFailure,
  isUnread,
  readErrorOf,
  readPages,
  readStripe,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { checkingRead } from '../stripe/failed-reads.ts';
import { lookAtDestinations, type ReceiptDeps } from './receipts.ts';

/**
 * Each read overlaps the last one by this many seconds, because Stripe's lists lag behind its
 * writes.
 */
const overlapSeconds = 300;
/** How many seconds the first read looks back. */
const firstLookSeconds = 24 * 3600;
/**
 * The most charges read in one pass, so that a pass stays short and leaves budget for other calls.
 */
const chargesAPass = 100;
/** After this many charges in a row without an answer from Stripe, the pass stops asking. */
const silenceInARow = 3;

/** The activities that read from Stripe what a lost webhook would have reported. */
export function createSweepActivities(deps: ReceiptDeps) {
  const { stripe, db } = deps;
  return {
    /** Stores the events of the platform's v1 list that are not in the inbox yet. */
    async sweepEvents(): Promise<number> {
      const since = await sinceWhen(deps, 'v1');
      const created = { gte: since - overlapSeconds };
      const found = await checkingRead(db, 'events', () =>
        readPages(deps, 'GET /v1/events', (page) =>
          stripe.events.list({ created, types: sweptTypes.v1, ...page }),
        ),
      );
      const events = found.map((event) => fromSnapshot(event));
      await recordEvents(db, events, 'sweep');
      await recordCursor(db, 'v1', newest(since, found));
      return events.length;
    },

    /** The same for the v2 list, which contains the events about accounts. */
    async sweepAccountEvents(): Promise<number> {
      const since = await sinceWhen(deps, 'v2');
      const found: Stripe.V2.Core.Event[] = [];
      // The v2 API expects RFC 3339 here; the SDK's type still has v1's number.
      const gte = new Date((since - overlapSeconds) * 1000).toISOString() as unknown as number;
      const asked = { created: { gte }, types: sweptTypes.v2, limit: 100 };
      let page: V2Page = await checkingRead(db, 'account-events', () =>
        readStripe(deps, 'GET /v2/core/events', () => stripe.v2.core.events.list(asked)),
      );
      for (;;) {
        found.push(...page.data);
        const next = page.next_page_url;
        if (!next) break;
        page = await readStripe(deps, 'GET /v2/core/events', () => readNextPage(stripe, next));
      }
      await recordEvents(
        db,
        found.map((event) => fromThin(event)),
        'sweep',
      );
      const seen = found.map(({ created }) => ({ created: Date.parse(created) / 1000 }));
      await recordCursor(db, 'v2', newest(since, seen));
      await lookAtDestinations(deps);
      return found.length;
    },

    /**
     * Reads the charges that earnings name: when their money becomes available, and how much of the
     * earnings they cover. Tells a person about charges that Stripe does not have, and about those
     * that have been unclear for too long.
     */
    async resolveEarnings(): Promise<number> {
      await reportUnclearCharges(db);
      const open = await takeUnresolvedEarnings(db, chargesAPass);
      return resolveEach(deps, open);
    },
  };
}

/** In Stripe's clock, in seconds; only the first read starts from our own clock. */
async function sinceWhen({ db }: StripeDeps, name: string): Promise<number> {
  const cursor = await readCursor(db, name);
  if (cursor !== undefined) return Number(cursor);
  const { now } = await db.selectNoFrom(businessNow.as('now')).executeTakeFirstOrThrow();
  return Math.floor(Date.parse(now) / 1000) - firstLookSeconds;
}

/** The time of the newest event read, so that a clock of ours that runs ahead skips no event. */
function newest(since: number, events: readonly { created: number }[]): string {
  return String(events.reduce((latest, { created }) => Math.max(latest, created), since));
}

type V2Page = { data: Stripe.V2.Core.Event[]; next_page_url: string | null };

async function readNextPage(stripe: Stripe, url: string): Promise<V2Page> {
  return (await stripe.rawRequest('GET', url)) as V2Page;
}

function fromSnapshot(event: Stripe.Event): StripeEvent {
  const { object } = event.data;
  return {
    eventId: event.id,
    type: event.type,
    account: event.account ?? null,
    objectId: 'id' in object && typeof object.id === 'string' ? object.id : null,
  };
}

function fromThin(event: Stripe.V2.Core.Event): StripeEvent {
  const related = 'related_object' in event ? event.related_object : null;
  return {
    eventId: event.id,
    type: event.type,
    account: event.context?.toString() ?? null,
    objectId: related && 'id' in related && typeof related.id === 'string' ? related.id : null,
  };
}

/** Returns how many earnings were resolved. An unreadable charge is tried again later. */
async function resolveEach(deps: StripeDeps, open: Unresolved): Promise<number> {
  const seen = { resolved: 0, forbidden: null as ReadError | null, silent: 0 };
  for (const { earningId, charge } of open) {
    heartbeat();
    try {
      const read = await readCharge(deps, charge);
      seen.silent = 0;
      if (read === null) continue;
      await recordCharge(deps.db, { earningId, ...read });
      seen.resolved += 1;
    } catch (error) {
      if (!isUnread(error) || cancellationSignal().aborted) throw error;
      if (isMissing(error)) await recordMissingCharge(deps.db, earningId);
      else log.warn('charge not read', { charge });
      if (isForbidden(error)) seen.forbidden = readErrorOf(error) ?? null;
      seen.silent = isReadFailure(error) ? seen.silent + 1 : 0;
      if (seen.silent === silenceInARow) throw error;
    }
  }
  if (open.length > 0) await noteReadable(deps.db, seen.forbidden);
  return seen.resolved;
}

type Unresolved = Awaited<ReturnType<typeof takeUnresolvedEarnings>>;

/**
 * Records whether the key may read charges. Only the owner of the key can fix that, so it is one of
 * the failed checks.
 */
async function noteReadable(db: Db, why: ReadError | null): Promise<void> {
  const remedy = sayPlatformRead('charges', why);
  await recordCheck(db, { name: readableCheck('charges'), passed: why === null, remedy });
}
