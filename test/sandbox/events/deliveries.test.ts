import type { Stripe } from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../dev/wait.ts';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';
import { seen } from '../wire.ts';
import { type Arrived, startReceiver } from './receiver.ts';

type Receiver = Awaited<ReturnType<typeof startReceiver>>;
type Delivery = { eventId: string; type: string; state: string; tries: number; lastStatus: number };

const secret = 'whsec_test';
let sandbox: MoneySandbox;
let receiver: Receiver;

beforeEach(async () => {
  [sandbox, receiver] = await Promise.all([startMoneySandbox(), startReceiver()]);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

async function sendTo(order: object): Promise<void> {
  const destination = { id: 'here', url: receiver.url, secret, payload: 'snapshot', ...order };
  await sandbox.ask('PUT', 'destinations', { destinations: [destination] });
}

async function deliveries(): Promise<Delivery[]> {
  return ((await sandbox.ask('GET', 'deliveries')) as { deliveries: Delivery[] }).deliveries;
}

function arrived(type: string, count = 1): Promise<Arrived[]> {
  const those = () => receiver.of(type);
  return until(
    `${type} has arrived`,
    seen(those, ({ length }) => length >= count),
  );
}

function verified({ body, signature }: Arrived, key = secret): Stripe.Event {
  return sandbox.stripe.webhooks.constructEvent(body, signature, key);
}

describe('a delivery', () => {
  test('is signed, so that the package takes it, and carries the object as it was', async () => {
    await sendTo({});
    const charge = await sandbox.fund(5_00);
    const [one] = await arrived('charge.succeeded');
    if (!one) throw new Error('nothing arrived');
    const event = verified(one);
    expect(event).toMatchObject({ object: 'event', data: { object: { id: charge.id } } });
    expect(() => verified(one, 'whsec_other')).toThrow('No signatures found');
    const listed = await sandbox.stripe.events.retrieve(event.id);
    expect(listed.data).toEqual(event.data);
  });

  test('of a thin event has no data; what it tells of is fetched', async () => {
    await sendTo({ payload: 'thin' });
    const id = await sandbox.newcomer();
    const [one] = await arrived('v2.core.account.created');
    if (!one) throw new Error('nothing arrived');
    expect(JSON.parse(one.body)).not.toHaveProperty('data');
    const notification = sandbox.stripe.parseEventNotification(one.body, one.signature, secret);
    expect(notification.type).toBe('v2.core.account.created');
    const event = await notification.fetchEvent();
    expect(event.id).toBe(notification.id);
    expect(notification).toMatchObject({ related_object: { id, type: 'v2.core.account' } });
    expect(receiver.of('charge.succeeded')).toEqual([]);
  });

  test('is tried again after a failure, signed anew, three times in all', async () => {
    await sendTo({ enabledEvents: ['charge.succeeded'] });
    receiver.answer(500, 302);
    await sandbox.fund(5_00);
    const tries = await arrived('charge.succeeded', 3);
    expect(new Set(tries.map((one) => one.body)).size).toBe(1);
    for (const one of tries) verified(one);
    const [first = 0, second = 0, third = 0] = tries.map((one) => one.at);
    expect(second - first).toBeGreaterThanOrEqual(900);
    expect(third - second).toBeGreaterThanOrEqual(2_900);
    const [delivery] = await until(
      'it was sent',
      seen(deliveries, ([one]) => one?.state !== 'waiting'),
    );
    expect(delivery).toMatchObject({ state: 'delivered', tries: 3, lastStatus: 200 });
  });

  test('that never succeeds is given up, and can be sent again', async () => {
    await sendTo({ enabledEvents: ['charge.succeeded'] });
    receiver.answer(500, 500, 500);
    await sandbox.fund(5_00);
    const [failed] = await until(
      'it is given up',
      seen(deliveries, ([one]) => one?.state === 'failed'),
    );
    expect(failed).toMatchObject({ tries: 3, lastStatus: 500 });
    const { data } = await sandbox.stripe.events.list({ delivery_success: false });
    expect(data.map((event) => event.id)).toEqual([failed?.eventId]);
    await sandbox.ask('POST', `events/${failed?.eventId}/resend`);
    await arrived('charge.succeeded', 4);
  });

  test('goes where its scope and its type are wanted', async () => {
    await sandbox.fund(1_000_00);
    const seller = await sandbox.seller();
    const destinations = ['platform', 'connected'].map((scope) => {
      const url = `${receiver.url}/${scope}`;
      return { id: scope, url, secret, scope, payload: 'snapshot', enabledEvents: ['*'] };
    });
    await sandbox.ask('PUT', 'destinations', { destinations });
    await sandbox.stripe.transfers.create({ amount: 9_00, currency: 'usd', destination: seller });
    const params = { amount: 9_00, currency: 'usd' };
    await sandbox.stripe.payouts.create(params, { stripeAccount: seller });
    await arrived('payout.created');
    const seen = (await deliveries()) as (Delivery & { destination: string })[];
    const toOf = (type: string) =>
      seen.filter((one) => one.type === type).map((one) => one.destination);
    expect(toOf('transfer.created')).toEqual(['platform']);
    expect(toOf('payout.created')).toEqual(['connected']);
  });
});

describe('deliveries', () => {
  test('that are off are lost, while the list of events keeps them', async () => {
    await sendTo({});
    await sandbox.ask('PUT', 'webhooks', { mode: 'off' });
    await sandbox.fund(5_00);
    await sandbox.ask('PUT', 'webhooks', { mode: 'on' });
    await sandbox.fund(6_00);
    const [one] = await arrived('charge.succeeded');
    expect(one && verified(one)).toMatchObject({ data: { object: { amount: 6_00 } } });
    const { data } = await sandbox.stripe.events.list({ type: 'charge.succeeded' });
    expect(data).toHaveLength(2);
  });

  test('that are held come when they are on again', async () => {
    await sendTo({ enabledEvents: ['charge.succeeded'] });
    await sandbox.ask('PUT', 'webhooks', { mode: 'hold' });
    await sandbox.fund(5_00);
    expect(await deliveries()).toMatchObject([{ state: 'held', tries: 0 }]);
    await sandbox.ask('PUT', 'webhooks', { mode: 'on' });
    expect(await arrived('charge.succeeded')).toHaveLength(1);
  });

  test('may all come twice, under one id', async () => {
    await sendTo({ enabledEvents: ['charge.succeeded'] });
    await sandbox.ask('PUT', 'webhooks', { mode: 'duplicate' });
    await sandbox.fund(5_00);
    const ids = (await arrived('charge.succeeded', 2)).map((one) => verified(one).id);
    expect(new Set(ids).size).toBe(1);
  });

  test('may tell of one change in two events', async () => {
    await sendTo({ enabledEvents: ['charge.succeeded'] });
    await sandbox.ask('PUT', 'webhooks', { mode: 'on', twins: true });
    await sandbox.fund(5_00);
    const events = (await arrived('charge.succeeded', 2)).map((one) => verified(one));
    expect(new Set(events.map((event) => event.id)).size).toBe(2);
    expect(events[0]?.data).toEqual(events[1]?.data);
  });

  test('may come again later, with the object as it was', async () => {
    await sendTo({ enabledEvents: ['charge.*'] });
    await sandbox.ask('PUT', 'webhooks', { mode: 'stale', staleMs: 300 });
    const { id } = await sandbox.fund(5_00);
    await arrived('charge.succeeded', 1);
    await sandbox.stripe.charges.update(id, { description: 'A lamp' });
    await arrived('charge.updated', 1);
    const [first, again] = (await arrived('charge.succeeded', 2)).map((one) => verified(one));
    expect(again).toEqual(first);
    expect(again?.data.object).toMatchObject({ id, description: null });
  });

  test('are lost by the same seed the same way', async () => {
    const arrivedBy = async (seed: number): Promise<Set<number>> => {
      receiver.arrived.length = 0;
      await sandbox.close();
      sandbox = await startMoneySandbox();
      await sendTo({ enabledEvents: ['charge.succeeded'] });
      await sandbox.ask('PUT', 'webhooks', { mode: 'lose', lose: 0.5, seed });
      for (let amount = 1_00; amount <= 10_00; amount += 1_00) await sandbox.fund(amount);
      await sandbox.ask('PUT', 'webhooks', {});
      await sandbox.fund(99_00);
      const amounts = (): number[] =>
        receiver.of('charge.succeeded').map((one) => {
          return (verified(one).data.object as Stripe.Charge).amount;
        });
      const seen = await until('the last one arrives', async () => {
        const arrived = amounts();
        return arrived.includes(99_00) && arrived;
      });
      return new Set(seen);
    };
    const first = await arrivedBy(1);
    expect(first.size).toBeLessThan(10);
    expect(await arrivedBy(1)).toEqual(first);
    expect(await arrivedBy(2)).not.toEqual(first);
  });

  test('may overtake each other', async () => {
    await sendTo({ enabledEvents: ['charge.succeeded'] });
    await sandbox.ask('PUT', 'webhooks', { mode: 'reorder', delayMs: 500 });
    for (let amount = 1_00; amount <= 20_00; amount += 1_00) await sandbox.fund(amount);
    const seen = (await arrived('charge.succeeded', 20)).map(
      (one) => (verified(one).data.object as Stripe.Charge).amount,
    );
    expect(seen).not.toEqual(seen.toSorted((a, b) => a - b));
  });

  test('may come late', async () => {
    await sendTo({ enabledEvents: ['charge.succeeded'] });
    await sandbox.ask('PUT', 'webhooks', { mode: 'delay', delayMs: 300 });
    const start = Date.now();
    await sandbox.fund(5_00);
    const [one] = await arrived('charge.succeeded');
    expect((one?.at ?? 0) - start).toBeGreaterThanOrEqual(290);
  });
});

describe('a destination made through Stripe’s own routes', () => {
  test('of v1 gets the events of its scope, signed with a secret told once', async () => {
    const { webhookEndpoints } = sandbox.stripe;
    const made = await webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] });
    expect(made.secret).toMatch(/^whsec_/);
    expect(await webhookEndpoints.retrieve(made.id)).not.toHaveProperty('secret');
    await sandbox.fund(5_00);
    const [one] = await arrived('charge.succeeded');
    expect(one && verified(one, made.secret).type).toBe('charge.succeeded');
    await webhookEndpoints.update(made.id, { disabled: true });
    expect((await webhookEndpoints.list()).data).toMatchObject([{ status: 'disabled' }]);
    await webhookEndpoints.del(made.id);
    await expect(webhookEndpoints.retrieve(made.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  test('of v2 is pinged, disabled, enabled and deleted', async () => {
    const { eventDestinations } = sandbox.stripe.v2.core;
    const made = await eventDestinations.create({
      name: 'Thin',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v2.core.account.created', 'v1.charge.succeeded'],
      webhook_endpoint: { url: receiver.url },
      include: ['webhook_endpoint.signing_secret'],
    });
    const key = made.webhook_endpoint?.signing_secret ?? '';
    await eventDestinations.ping(made.id);
    const [ping] = await arrived('v2.core.event_destination.ping');
    expect(ping && sandbox.stripe.parseEventNotification(ping.body, ping.signature, key).id).toBe(
      (JSON.parse(ping?.body ?? '{}') as { id: string }).id,
    );
    const charge = await sandbox.fund(5_00);
    const [twin] = await arrived('v1.charge.succeeded');
    expect(JSON.parse(twin?.body ?? '{}')).toMatchObject({ related_object: { id: charge.id } });
    expect((await eventDestinations.disable(made.id)).status).toBe('disabled');
    expect((await eventDestinations.enable(made.id)).status).toBe('enabled');
    expect((await eventDestinations.list()).data.map((one) => one.id)).toEqual([made.id]);
    await eventDestinations.del(made.id);
    expect((await eventDestinations.list()).data).toEqual([]);
  });
});
