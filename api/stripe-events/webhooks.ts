import type { OpenAPIHono } from '@hono/zod-openapi';
import { Stripe } from 'stripe';
import { z } from 'zod';
import { recordEvents } from '../../db/stripe-events/inbox.ts';
import type { StripeEvent } from '../../domain/stripe-events/wake-rules.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { createBatch } from './batch.ts';

/** Seconds for which a signature is valid; the default of Stripe's own library. */
const toleranceSeconds = 300;

/** With these limits, 500 events a second need about a hundred statements. */
const batching = { gatherMs: 15, largest: 500 };

/** Verifies Stripe's events on the raw body, records them by id, and then answers. */
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
      // Stripe also sends test-mode events to a live Connect endpoint; they concern no real money.
      log({ level: 'info', event: 'test-event-ignored', eventId: event.eventId });
    } else {
      throw new Problem('webhook-livemode', 'The engine uses a test key, but the event is live');
    }
    return c.json({ received: true });
  });
  return routes;
}

/** Refuses a body without a recent valid signature, and distinguishes a wrong one from an old one. */
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

/** The form of any Stripe id; the database accepts nothing else. */
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

/** Reads only an event's ids, and whether the arrival date of a payout changed. */
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
 * `v1.payout.failed` means the same as the snapshot event `payout.failed`. An event about an
 * account may have the platform as its context; the account is then the related object.
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
