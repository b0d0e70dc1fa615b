import { afterEach, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { createDestination } from '../../../activities/stripe-events/destinations.ts';
import { stripeApiVersion } from '../../../activities/stripe/client.ts';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { listFailedChecks } from '../../../db/operations/checks.ts';
import { wantedDestinations } from '../../../domain/stripe-events/destinations.ts';
import { runActivity } from '../../build/activities.ts';
import { type Stage, startStage } from '../../build/stage.ts';

const webhookUrl = 'https://pay.example.com/webhooks/stripe';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage('transfer');
});
afterEach(() => stage.close());

async function look(url: string | null = webhookUrl): Promise<string[]> {
  const { db, stripe } = stage;
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  const terms = { lateReturnDays: 10, bankCoolingHours: 48, webhookUrl: url ?? undefined };
  const activities = createActivities({ stripe, db, turns, ...terms });
  await db.updateTable('webhook_destinations').set({ looked_at: null }).execute();
  await runActivity(() => activities.sweepAccountEvents());
  return (await listFailedChecks(db))
    .filter(({ name }) => name === 'webhooks')
    .map(({ remedy }) => remedy);
}

test('destinations that are missing or disabled at Stripe are named, and nothing else is', async () => {
  const { db, stripe } = stage;
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  expect(await look(null)).toEqual([]);
  const [missing] = await look();
  expect(missing).toContain("events of sellers' accounts does not exist at Stripe");
  expect(missing).toContain('npm run setup');
  const made = [];
  for (const wanted of wantedDestinations(stripeApiVersion)) {
    made.push(await createDestination({ stripe, turns }, wanted, webhookUrl));
  }
  expect(await look()).toEqual([]);
  await stripe.v2.core.eventDestinations.disable(made[1]?.id ?? '');
  const [disabled] = await look();
  expect(disabled).toContain("events of sellers' accounts is disabled at Stripe");
  expect(disabled).not.toContain('does not exist');
  await stripe.v2.core.eventDestinations.enable(made[1]?.id ?? '');
  expect(await look()).toEqual([]);
});

test('a key that may not list destinations says nothing about them', async () => {
  await stage.disturb({
    kind: 'status',
    status: 403,
    method: 'GET',
    path: '/v2/core/event_destinations',
  });
  expect(await look()).toEqual([]);
});
