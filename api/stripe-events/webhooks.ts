import type { OpenAPIHono } from '@hono/zod-openapi';
import { Stripe } from 'stripe';
import { z } from 'zod';
import { recordEvents } from '../../db/stripe-events/inbox.ts';
import type { StripeEvent } from '../../domain/stripe-events/wake-rules.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { createBatch } from './batch.ts';

/** Seconds for which a signature is valid, as in Stripe's own library. */
const toleranceSeconds = 300;

/** With these limits, 500 events per second need about 100 statements. */
const batching = { gatherMs: 15, largest: 500 };

/**
 * The route that receives Stripe's events: it verifies the raw body, records the event by its id,
 * and then answers.
 */
export function webhookRoutes(deps: AppDeps): OpenAPIHono<AppEnv> {
  const { db, stripe, log, wakeSoon } = deps;
  const store = createBatch<StripeEvent>(async (events) => {
    await recordEvents(db, events, 'webhook');
    wakeSoon();
  }, batching);
  const routes = createRoutes();
  routes.post('/webhooks/stripe', async (c) => {
    const body = await c.req.text();
    verify(body, c.req.header('stripe-signature') ?? '', stripe.webhookSecrets);
    const { event, livemode } = readEvent(body);
    if (livemode === stripe.livemode) {
      await store(event);
    } else if (stripe.livemode) {
      // Stripe also sends test events to a live Connect endpoint. They concern no real money.
      log({ level: 'info', event: 'test-event-ignored', eventId: event.eventId });
    } else {
      throw new Problem('webhook-livemode', 'The engine uses a test key, but the event is live');
    }
    return c.json({ received: true });
  });
  return routes;
}

/**
 * Refuses a body without a recent valid signature. A valid signature that is too old causes another
 * problem than an invalid one.
 */
function verify(body: string, header: string, secrets: readonly string[]): void {
  const isSigned = (secret: string, tolerance: number): boolean => {
    try {
      return Stripe.webhooks.signature?.verifyHeader(body, header, secret, tolerance) ?? false;
    } catch {
      return false;
    }
  };
  if (secrets.some((secret) => isSigned(secret, toleranceSeconds))) return;
  const unlimited = 0;
  if (secrets.some((secret) => isSigned(secret, unlimited))) {
    throw new Problem('webhook-too-old', `The signature is older than ${toleranceSeconds} s`);
  }
  throw new Problem(
    'webhook-signature',
    secrets.length === 0
      ? 'No signing secret is configured; set STRIPE_WEBHOOK_SECRETS'
      : 'None of the secrets in STRIPE_WEBHOOK_SECRETS signed this body',
  );
}

/** The format of every Stripe id. The database accepts nothing else. */
const Id = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const Account = z.string().regex(/^acct_[0-9A-Za-z_]{1,100}$/);

const Snapshot = z.object({
  object: z.literal('event'),
  id: Id,
  type: Id,
  account: Account.nullish(),
  livemode: z.boolean(),
  data: z.object({
    object: z.object({ id: Id.nullish() }),
    previous_attributes: z.object({ arrival_date: z.unknown() }).partial().nullish(),
  }),
});

const Thin = z.object({
  object: z.literal('v2.core.event'),
  id: Id,
  type: Id,
  context: Id.nullish(),
  livemode: z.boolean(),
  related_object: z.object({ id: Id }).nullish(),
});

const Event = z.discriminatedUnion('object', [Snapshot, Thin]);

/**
 * Reads only the ids of an event, and whether it changes the arrival date of a payout. Throws the
 * problem `webhook-unreadable`.
 */
export function readEvent(body: string): { event: StripeEvent; livemode: boolean } {
  const parsed = Event.safeParse(parseJson(body));
  if (!parsed.success) throw new Problem('webhook-unreadable', 'This is not a Stripe event');
  const { data } = parsed;
  return {
    livemode: data.livemode,
    event: data.object === 'event' ? fromSnapshot(data) : fromThin(data),
  };
}

function fromSnapshot({ id, type, account, data }: z.infer<typeof Snapshot>): StripeEvent {
  const ids = { eventId: id, type, account: account ?? null, objectId: data.object.id ?? null };
  const moved = data.previous_attributes?.arrival_date !== undefined;
  return { ...ids, ...(moved && { arrivalMoved: true }) };
}

/**
 * Converts a thin event. `v1.payout.failed` means the same as the snapshot event `payout.failed`.
 * An event about an account may have the platform as its context; then the related object is the
 * account.
 */
function fromThin({ id, type, context, related_object }: z.infer<typeof Thin>): StripeEvent {
  const objectId = related_object?.id ?? null;
  const named = type.startsWith('v2.core.account') ? objectId : context?.split('/').at(-1);
  const account = Account.safeParse(named);
  return {
    eventId: id,
    type: type.replace(/^v1\./, ''),
    account: account.success ? account.data : null,
    objectId,
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
