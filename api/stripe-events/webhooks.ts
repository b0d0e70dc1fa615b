import type { OpenAPIHono } from '@hono/zod-openapi';
import { Stripe } from 'stripe';
import { recordEvents } from '../../db/stripe-events/inbox.ts';
import type { StripeEvent } from '../../domain/stripe-events/wake-rules.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { createBatch } from './batch.ts';
import { readEvent } from './event-bodies.ts';
import { countReceipts } from './receipts.ts';

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
  const receipts = countReceipts(deps);
  const routes = createRoutes();
  routes.post('/webhooks/stripe', async (c) => {
    const body = await c.req.text();
    const signature = c.req.header('stripe-signature') ?? '';
    const { event, livemode } = receipts.counting({ body, signature }, () => {
      verify(body, signature, stripe.webhookSecrets);
      return readEvent(body);
    });
    if (livemode === stripe.livemode) {
      await store(event);
      receipts.accepted(event);
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
