import { heartbeat } from '@temporalio/activity';
import type { Stripe } from 'stripe';
import { recordEvents } from '../db/inbox.ts';
import {
  listUnresolvedEarnings,
  readCursor,
  recordAvailableOn,
  recordCursor,
} from '../db/sweeps.ts';
import { businessNow } from '../db/payouts.ts';
import { sweptTypes, type StripeEvent } from '../domain/events.ts';
import { isMissing, readPages, readStripe, type StripeDeps } from './money-call.ts';

/** Seconds read again each time, since Stripe's lists lag behind its writes. */
const overlapSeconds = 300;
/** Seconds looked back at the very first time. */
const firstLookSeconds = 24 * 3600;
/** Charges read in one pass, so that a pass stays short and leaves budget to others. */
const chargesAPass = 100;

/** What is read from Stripe so that the engine works with every webhook lost. */
export function createSweepActivities(deps: StripeDeps) {
  const { stripe, db } = deps;
  return {
    /** Stores what the platform's own event list has and the inbox has not. */
    async sweepEvents(): Promise<number> {
      const since = await sinceWhen(deps, 'v1');
      const created = { gte: since.from };
      const found = await readPages(deps, 'GET /v1/events', (page) =>
        stripe.events.list({ created, types: sweptTypes.v1, ...page }),
      );
      const events = found.map((event) => fromSnapshot(event));
      await recordEvents(db, events, 'sweep');
      await recordCursor(db, 'v1', String(since.now));
      return events.length;
    },

    /** The same for the v2 list, where everything about accounts is. */
    async sweepAccountEvents(): Promise<number> {
      const since = await sinceWhen(deps, 'v2');
      const events: StripeEvent[] = [];
      // RFC 3339, as all times of v2; the SDK's type has the number of v1.
      const gte = new Date(since.from * 1000).toISOString() as unknown as number;
      const asked = { created: { gte }, types: sweptTypes.v2, limit: 100 };
      let page: V2Page = await readStripe(deps, 'GET /v2/core/events', () =>
        stripe.v2.core.events.list(asked),
      );
      for (;;) {
        events.push(...page.data.map((event) => fromThin(event)));
        const next = page.next_page_url;
        if (!next) break;
        page = await readStripe(deps, 'GET /v2/core/events', () => readNextPage(stripe, next));
      }
      await recordEvents(db, events, 'sweep');
      await recordCursor(db, 'v2', String(since.now));
      return events.length;
    },

    /** Asks the charges that earnings name when their money is available. */
    async resolveEarnings(): Promise<number> {
      const open = await listUnresolvedEarnings(db, chargesAPass);
      let resolved = 0;
      for (const { earningId, charge } of open) {
        heartbeat();
        const availableOn = charge && (await availabilityOf(deps, charge));
        if (!availableOn) continue;
        await recordAvailableOn(db, { earningId, availableOn });
        resolved += 1;
      }
      return resolved;
    },
  };
}

async function sinceWhen({ db }: StripeDeps, name: string): Promise<{ from: number; now: number }> {
  const cursor = await readCursor(db, name);
  const { now } = await db.selectNoFrom(businessNow.as('now')).executeTakeFirstOrThrow();
  const nowSeconds = Math.floor(Date.parse(now) / 1000);
  const from = cursor === undefined ? nowSeconds - firstLookSeconds : Number(cursor);
  return { from: from - overlapSeconds, now: nowSeconds };
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

/** Null while the charge does not exist or has no movement: the earning goes on waiting. */
async function availabilityOf(deps: StripeDeps, charge: string): Promise<string | null> {
  try {
    const { balance_transaction: movement } = await readStripe(deps, 'GET /v1/charges', () =>
      deps.stripe.charges.retrieve(charge, { expand: ['balance_transaction'] }),
    );
    if (!movement || typeof movement === 'string') return null;
    return new Date(movement.available_on * 1000).toISOString();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
