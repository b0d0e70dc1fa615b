import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stripe } from 'stripe';
import { expectRefusal, type MoneySandbox, startMoneySandbox } from '../money/stage.ts';

let s: MoneySandbox;

beforeAll(async () => {
  s = await startMoneySandbox();
  await s.fund(1_000_00);
});
afterAll(() => s.close());

type Account = Stripe.V2.Core.Account;

const include = ['configuration.recipient' as const, 'requirements' as const];
const retrieve = (id: string) => s.stripe.v2.core.accounts.retrieve(id, { include });

function statusesOf({ configuration }: Account): unknown[] {
  const balance = configuration?.recipient?.capabilities?.stripe_balance;
  return [balance?.stripe_transfers?.status, balance?.payouts?.status];
}

function deadlineOf({ requirements }: Account) {
  return requirements?.summary?.minimum_deadline;
}

describe('a requirement that comes back', () => {
  const requirement = 'identity.individual.phone';

  async function demanded(): Promise<string> {
    const id = await s.seller();
    await s.ask('POST', `accounts/${id}/demand`, { requirement, withinDays: 10 });
    return id;
  }

  test('is told with its deadline, and until then the seller is paid', async () => {
    const id = await demanded();
    const account = await retrieve(id);
    expect(account.requirements?.entries).toMatchObject([{ description: requirement }]);
    expect(deadlineOf(account)?.status).toBe('currently_due');
    const expected = (await s.now()) + 10 * 86_400_000;
    expect(Math.abs(Date.parse(String(deadlineOf(account)?.time)) - expected)).toBeLessThan(60_000);
    expect(statusesOf(account)).toEqual(['active', 'active']);
    expect(await s.stripe.accounts.retrieve(id)).toMatchObject({
      payouts_enabled: true,
      requirements: { currently_due: ['individual.phone'], disabled_reason: null, past_due: [] },
    });
  });

  test('restricts the account when its deadline passes, until it is answered', async () => {
    const id = await demanded();
    await s.moveDays(11);
    expect(statusesOf(await retrieve(id))).toEqual(['restricted', 'restricted']);
    expect(deadlineOf(await retrieve(id))?.status).toBe('past_due');
    const { data } = await s.stripe.v2.core.events.list({ object_id: id, limit: 3 });
    const capability = 'v2.core.account[configuration.recipient].capability_status_updated';
    expect(data.map(({ type }) => type)).toContain(capability);
    await expectRefusal(
      s.stripe.transfers.create({ amount: 1_00, currency: 'usd', destination: id }),
      'insufficient_capabilities_for_transfer',
    );
    const identity = { individual: { phone: '0000000000' } };
    const answered = await s.stripe.v2.core.accounts.update(id, { identity, include });
    expect(answered.requirements?.entries).toEqual([]);
    expect(statusesOf(answered)).toEqual(['active', 'active']);
  });

  test('that is answered in time restricts nothing', async () => {
    const id = await demanded();
    await s.ask('POST', `accounts/${id}/complete-onboarding`);
    await s.moveDays(11);
    expect(statusesOf(await retrieve(id))).toEqual(['active', 'active']);
  });
});

describe('an account', () => {
  test('shows of its parts only what is asked for', async () => {
    const id = await s.newcomer();
    const bare = await s.stripe.v2.core.accounts.retrieve(id);
    const parts = ['configuration', 'defaults', 'identity', 'requirements'] as const;
    expect(parts.map((part) => bare[part])).toEqual([null, null, null, null]);
    const some = await s.stripe.v2.core.accounts.retrieve(id, { include: ['identity'] });
    expect(some.identity?.country).toBe('us');
    expect(some.requirements).toBeNull();
  });

  test('keeps metadata that is not named, and null takes a key away', async () => {
    const { accounts } = s.stripe.v2.core;
    const id = await s.newcomer();
    await accounts.update(id, { metadata: { a: '1', b: '2' } });
    const changed = await accounts.update(id, { metadata: { b: null, c: '3' } });
    expect(changed.metadata).toEqual({ a: '1', c: '3' });
  });

  test('is closed once, when it is empty, and then takes nothing more', async () => {
    const { accounts } = s.stripe.v2.core;
    const id = await s.seller();
    const transfer = { amount: 1_00, currency: 'usd', destination: id };
    const { id: transferId } = await s.stripe.transfers.create(transfer);
    await expectRefusal(accounts.close(id), undefined, /balance is not zero/);
    await s.stripe.transfers.createReversal(transferId);
    expect((await accounts.close(id)).closed).toBe(true);
    await expectRefusal(accounts.close(id), 'account_closed');
    await expectRefusal(accounts.update(id, { display_name: 'x' }), 'account_closed');
    await expectRefusal(
      s.stripe.transfers.create(transfer),
      'resource_missing',
      /No such destination/,
    );
    const listed: string[] = [];
    for await (const one of accounts.list({ limit: 20 })) listed.push(one.id);
    expect(listed).not.toContain(id);
  });

  test('tells its bank accounts page by page, the newest first, and no deleted one', async () => {
    const id = await s.seller();
    const bank = { object: 'bank_account', country: 'US', currency: 'usd' } as const;
    const made: string[] = [];
    for (const last of [1, 2, 3]) {
      const account_number = `00012345600${last}`;
      const external_account = { ...bank, routing_number: '110000000', account_number };
      made.unshift((await s.stripe.accounts.createExternalAccount(id, { external_account })).id);
    }
    await s.stripe.accounts.deleteExternalAccount(id, made[1] ?? '');
    const first = await s.stripe.accounts.listExternalAccounts(id, { limit: 1 });
    expect([first.data.map((one) => one.id), first.has_more]).toEqual([[made[0]], true]);
    const starting_after = made[0] ?? '';
    const rest = await s.stripe.accounts.listExternalAccounts(id, { limit: 2, starting_after });
    expect([rest.data[0]?.id, rest.data.length, rest.has_more]).toEqual([made[2], 2, false]);
    const cards = await s.stripe.accounts.listExternalAccounts(id, { object: 'card' });
    expect(cards.data).toEqual([]);
  });

  test('has at most five bank accounts in one currency', async () => {
    const id = await s.seller();
    const bank = { object: 'bank_account', country: 'US', currency: 'usd' } as const;
    const add = (last: number) => {
      const account_number = `00012345600${last}`;
      const external_account = { ...bank, routing_number: '110000000', account_number };
      return s.stripe.accounts.createExternalAccount(id, { external_account });
    };
    const { data } = await s.stripe.accounts.listExternalAccounts(id);
    for (let last = data.length; last < 5; last += 1) await add(last);
    await expectRefusal(add(9), undefined, /at most 5 external accounts in usd/);
  });

  test('is not both shown Stripe’s dashboard and covered by Stripe for its losses', async () => {
    const request = s.stripe.v2.core.accounts.create({
      dashboard: 'express',
      identity: { country: 'us' },
      configuration: { recipient: {} },
      defaults: { responsibilities: { fees_collector: 'stripe', losses_collector: 'stripe' } },
    });
    await expectRefusal(request, undefined, /losses collected by Stripe/);
  });
});
