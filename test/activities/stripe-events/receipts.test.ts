import { sql } from 'kysely';
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

const lookedAgo = (minutes: number) =>
  stage.db
    .updateTable('webhook_destinations')
    .set({ looked_at: sql<string>`now() - ${minutes} * interval '1 minute'` })
    .execute();

/**
 * Sweeps the events, some minutes after the last look. Returns what is told of the destinations.
 */
async function look(url: string | null = webhookUrl, minutesAgo = 11): Promise<string[]> {
  const { db, stripe } = stage;
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  const terms = { lateReturnDays: 10, bankCoolingHours: 48, webhookUrl: url ?? undefined };
  const activities = createActivities({ stripe, db, turns, ...terms });
  await lookedAgo(minutesAgo);
  await runActivity(() => activities.sweepAccountEvents());
  return (await listFailedChecks(db))
    .filter(({ name }) => name === 'webhooks')
    .map(({ remedy }) => remedy);
}

test('destinations that are missing or disabled at Stripe are named, and nothing else is', async () => {
  const { stripe } = stage;
  expect(await look(null)).toEqual([]);
  const [missing] = await look();
  expect(missing).toContain("events of sellers' accounts does not exist at Stripe");
  expect(missing).toContain('npm run setup');
  const [, second = ''] = await makeAll();
  expect(await look()).toEqual([]);
  await stripe.v2.core.eventDestinations.disable(second);
  const [disabled] = await look();
  expect(disabled).toContain("events of sellers' accounts is disabled at Stripe");
  expect(disabled).not.toContain('does not exist');
  await stripe.v2.core.eventDestinations.enable(second);
  expect(await look()).toEqual([]);
});

async function makeAll(): Promise<string[]> {
  const { db, stripe } = stage;
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  const ids = [];
  for (const wanted of wantedDestinations(stripeApiVersion)) {
    ids.push((await createDestination({ stripe, turns }, wanted, webhookUrl)).id);
  }
  return ids;
}

test('a destination that lacks types of events is named', async () => {
  const [first = ''] = await makeAll();
  await stage.stripe.v2.core.eventDestinations.update(first, {
    enabled_events: ['account.updated'],
  });
  const [wrong] = await look();
  expect(wrong).toContain("the platform's own events lacks types of events");
  expect(wrong).not.toMatch(/disabled|does not exist/);
});

test('the destinations are looked at every ten minutes', async () => {
  expect(await look()).toHaveLength(1);
  await makeAll();
  expect(await look(webhookUrl, 9)).toHaveLength(1);
  expect(await look(webhookUrl, 11)).toEqual([]);
});

test('a key that may not list destinations says nothing about them', async () => {
  expect(await look()).toHaveLength(1);
  await makeAll();
  await stage.disturb({
    kind: 'status',
    status: 403,
    method: 'GET',
    path: '/v2/core/event_destinations',
  });
  expect(await look()).toEqual([expect.stringContaining('does not exist')]);
});
