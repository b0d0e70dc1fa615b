import type { OpenAPIHono } from '@hono/zod-openapi';
import { Stripe } from 'stripe';
import { z } from 'zod';
import { recordEvents } from '../../db/stripe-events/inbox.ts';
import type { StripeEvent } from '../../domain/stripe-events/wake-rules.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { createBatch } from './batch.ts';

/** Seconds for which a signature is believed, as Stripe's own library has it. */
const toleranceSeconds = 300;

/** 500 events a second are then about a hundred statements, and nobody waits long. */
const batching = { gatherMs: 15, largest: 500 };

/** Takes Stripe's events: verified on the raw body, kept by their ids, answered once they stand. */
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
      // A live Connect endpoint is also sent what happens in test mode; it is none of our money.
      log({ level: 'info', event: 'test-event-ignored', eventId: event.eventId });
    } else {
      throw new Problem('webhook-livemode', 'This engine has a test key and the event is live');
    }
    return c.json({ received: true });
  });
  return routes;
}

/** Refuses a body that none of the secrets signed lately. Tells a wrong secret from an old one. */
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
      ? 'No secret is set; see STRIPE_WEBHOOK_SECRETS'
      : 'None of the secrets in STRIPE_WEBHOOK_SECRETS signed this body',
  );
}

/** What any id of Stripe's looks like; whatever else would not go into the database. */
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

/** Takes an event's ids out of its body, and whether a payout's day moved; nothing else of it. */
export function readEvent(body: string): { event: StripeEvent; livemode: boolean } {
  const parsed = Event.safeParse(parseJson(body));
  if (!parsed.success) throw new Problem('webhook-unreadable', 'This is no event of Stripe');
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
 * `v1.payout.failed` tells of the same thing as the snapshot `payout.failed`. An event about an
 * account may be in the platform's own name; the account is then the object it is about.
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
