import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';

let sandbox: MoneySandbox;
let seller: string;

beforeAll(async () => {
  sandbox = await startMoneySandbox();
  await sandbox.fund(1_000_000);
  seller = await sandbox.seller();
  await sandbox.stripe.transfers.create({ amount: 20_00, currency: 'usd', destination: seller });
  const acting = { stripeAccount: seller };
  await sandbox.stripe.payouts.create({ amount: 1_00, currency: 'usd' }, acting);
});
afterAll(() => sandbox.close());

async function typesOf(list: AsyncIterable<{ type: string }>): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of list) types.push(type);
  return types;
}

describe('the events of v1', () => {
  test('are those of the acting account alone', async () => {
    const { events } = sandbox.stripe;
    const own = await typesOf(events.list());
    const theirs = await typesOf(events.list({}, { stripeAccount: seller }));
    expect(own).toContain('transfer.created');
    expect(own).not.toContain('payout.created');
    expect(theirs).toContain('payout.created');
    expect(theirs).not.toContain('transfer.created');
  });

  test('name their account, their request and its key', async () => {
    const idempotencyKey = 'named';
    const acting = { stripeAccount: seller };
    const params = { amount: 1_00, currency: 'usd' };
    const payout = await sandbox.stripe.payouts.create(params, { ...acting, idempotencyKey });
    const { data } = await sandbox.stripe.events.list({ type: 'payout.created', limit: 1 }, acting);
    expect(data[0]).toMatchObject({
      object: 'event',
      account: seller,
      data: { object: { id: payout.id } },
      request: { id: payout.lastResponse.requestId, idempotency_key: idempotencyKey },
    });
    const id = data[0]?.id ?? '';
    expect((await sandbox.stripe.events.retrieve(id, {}, acting)).id).toBe(id);
    await expect(sandbox.stripe.events.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
  });

  test('are found by type, by groups of types, and by time', async () => {
    const { events } = sandbox.stripe;
    const acting = { stripeAccount: seller };
    expect(new Set(await typesOf(events.list({ type: 'payout.*' }, acting)))).toEqual(
      new Set(['payout.created']),
    );
    const types = ['payout.created', 'account.external_account.created'];
    const two = await typesOf(events.list({ types }, acting));
    expect(new Set(two)).toEqual(new Set(types));
    const future = Math.floor((await sandbox.now()) / 1000) + 60;
    expect(await typesOf(events.list({ created: { gte: future } }, acting))).toEqual([]);
  });

  test('go through their pages', async () => {
    const all = await typesOf(sandbox.stripe.events.list({ limit: 100 }));
    expect(await typesOf(sandbox.stripe.events.list({ limit: 1 }))).toEqual(all);
  });

  test('are seen for 30 days', async () => {
    const own = await startMoneySandbox();
    await own.fund(1_000);
    expect(await typesOf(own.stripe.events.list())).toContain('charge.succeeded');
    await own.moveDays(31);
    expect(await typesOf(own.stripe.events.list())).not.toContain('charge.succeeded');
    await own.close();
  });
});

describe('the events of v2', () => {
  test('tell of accounts, in thin words, in the platform’s own list', async () => {
    const id = await sandbox.newcomer();
    await sandbox.ask('POST', `accounts/${id}/complete-onboarding`);
    const { data } = await sandbox.stripe.v2.core.events.list({ object_id: id });
    const types = data.map((event) => event.type);
    expect(types.at(-1)).toBe('v2.core.account.created');
    expect(types).toContain('v2.core.account[requirements].updated');
    const capability = 'v2.core.account[configuration.recipient].capability_status_updated';
    expect(types).toContain(capability);
    const changed = data.filter((event) => event.type === capability);
    expect(changed.map((event) => event.data.updated_capability)).toContain(
      'stripe_balance.payouts',
    );
    const account = await changed[0]?.fetchRelatedObject();
    expect(account?.id).toBe(id);
  });

  test('never come as account.updated', async () => {
    const own = await typesOf(sandbox.stripe.events.list());
    const theirs = await typesOf(sandbox.stripe.events.list({}, { stripeAccount: seller }));
    expect([...own, ...theirs]).not.toContain('account.updated');
  });

  test('are found by type and time, page by page', async () => {
    const { events } = sandbox.stripe.v2.core;
    const types = ['v2.core.account.created'];
    const ids = [await sandbox.newcomer(), await sandbox.newcomer(), await sandbox.newcomer()];
    const seen: (string | undefined)[] = [];
    for await (const event of events.list({ types, limit: 1 })) {
      if (event.type === 'v2.core.account.created') seen.push(event.related_object?.id);
    }
    expect(seen.slice(0, 3)).toEqual(ids.toReversed());
    expect(seen).toContain(seller);
    const later = new Date((await sandbox.now()) + 1_000).toISOString();
    const created = { gt: later as unknown as number };
    expect(await typesOf(events.list({ created }))).toEqual([]);
    const [event] = (await events.list({ types, limit: 1 })).data;
    expect((await events.retrieve(event?.id ?? '')).type).toBe('v2.core.account.created');
  });

  test.each([{ limit: 0 }, { page: 'page_x' }, { created: { gt: 'soon' } }])(
    'refuse %j',
    async (query) => {
      const request = sandbox.stripe.v2.core.events.list(query as object);
      await expect(request).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    },
  );
});
