import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';
import { send } from '../wire.ts';

let sandbox: MoneySandbox;
let seller: string;

beforeAll(async () => {
  sandbox = await startMoneySandbox();
  await sandbox.fund(1_000_000);
  seller = await sandbox.seller();
});
afterAll(() => sandbox.close());

type Unknown = { seq: number; method: string; path: string; reason: string };

async function unknownCalls(): Promise<Unknown[]> {
  const answer = (await sandbox.ask('GET', 'unknown-calls')) as { unknownCalls: Unknown[] };
  return answer.unknownCalls;
}

describe('a request', () => {
  test('without an API key is refused', async () => {
    const { status, body } = await send(sandbox.url, 'GET /v1/balance', {
      headers: { authorization: '' },
    });
    expect(status).toBe(401);
    expect(body.error?.type).toBe('invalid_request_error');
    expect(body.error?.message).toMatch(/^You did not provide an API key/);
  });

  test('with a wrong API key is refused, and the key is not repeated', async () => {
    const authorization = 'Bearer sk_test_0123456789secret0123';
    const { status, body } = await send(sandbox.url, 'GET /v1/balance', {
      headers: { authorization },
    });
    expect(status).toBe(401);
    expect(body.error?.message).toBe('Invalid API Key provided: sk_test_********0123');
  });

  test('may carry its API key as a user name', async () => {
    const authorization = `Basic ${Buffer.from('sk_test_sandbox:').toString('base64')}`;
    const { status } = await send(sandbox.url, 'GET /v1/balance', { headers: { authorization } });
    expect(status).toBe(200);
  });

  test('carries an id of its own in every answer, also in refusals', async () => {
    const good = await send(sandbox.url, 'GET /v1/balance');
    const bad = await send(sandbox.url, 'GET /v1/transfers/tr_none');
    expect(good.headers.get('request-id')).toMatch(/^req_/);
    expect(bad.headers.get('request-id')).toMatch(/^req_/);
    expect(bad.headers.get('request-id')).not.toBe(good.headers.get('request-id'));
    expect(good.headers.get('stripe-version')).toBe('2026-10-28.endive');
  });

  test.each<[string | undefined, number, number, string]>([
    // version            v1   v2   why
    [undefined, 200, 400, 'v1 has a default, v2 has none'],
    ['2026-10-28.endive', 200, 200, 'what the package sends'],
    ['2024-06-20', 200, 200, 'versions had no name before'],
    ['latest', 400, 400, 'no version is called so'],
  ])('with Stripe-Version %s answers %i and %i: %s', async (version, one, two) => {
    const authorization = 'Bearer sk_test_sandbox';
    const headers = { authorization, ...(version && { 'stripe-version': version }) };
    const statuses = await Promise.all(
      ['/v1/balance', '/v2/core/accounts'].map(
        async (path) => (await fetch(sandbox.url + path, { headers })).status,
      ),
    );
    expect(statuses).toEqual([one, two]);
  });

  test('to an unknown path is refused and noted', async () => {
    const before = await unknownCalls();
    sandbox.expectUnknown('POST /v1/customers');
    const { status, body } = await send(sandbox.url, 'POST /v1/customers', { form: { a: 'b' } });
    expect(status).toBe(404);
    expect(body.error?.message).toMatch(/^Unrecognized request URL \(POST: \/v1\/customers\)/);
    const [call] = (await unknownCalls()).slice(before.length);
    expect(call).toMatchObject({ method: 'POST', path: '/v1/customers', reason: 'unknown path' });
  });

  test('with an unknown parameter is refused and noted, however deep it is', async () => {
    const before = await unknownCalls();
    sandbox.expectUnknown('GET /v1/transfers', 'POST /v2/core/accounts');
    const plain = await send(sandbox.url, 'GET /v1/transfers?colour=red');
    expect(plain.status).toBe(400);
    expect(plain.body.error).toMatchObject({ code: 'parameter_unknown', param: 'colour' });
    const deep = await send(sandbox.url, 'POST /v2/core/accounts', {
      json: { identity: { country: 'us', constructor: 'x' } },
    });
    expect(deep.body.error).toMatchObject({ param: 'identity[constructor]' });
    const paths = (await unknownCalls()).slice(before.length).map((call) => call.path);
    expect(paths).toEqual(['/v1/transfers', '/v2/core/accounts']);
  });

  test('in JSON to v1, or in something else to v2, is refused', async () => {
    const headers = { 'content-type': 'application/json' };
    const v1 = await send(sandbox.url, 'POST /v1/transfers', { headers, json: { amount: 1 } });
    const v2 = await send(sandbox.url, 'POST /v2/core/accounts', { form: { dashboard: 'none' } });
    expect([v1.status, v2.status]).toEqual([400, 400]);
  });

  test.each(['limit[a]=1', 'limit=ten', 'created[gt][a]=1', 'destination[a]=1', 'limit='])(
    'with the malformed parameter %s is refused as invalid',
    async (query) => {
      const { status, body } = await send(sandbox.url, `GET /v1/transfers?${query}`);
      expect(status).toBe(400);
      expect(body.error?.type).toBe('invalid_request_error');
    },
  );

  test('for an account that is not connected is forbidden', async () => {
    const request = sandbox.stripe.balance.retrieve({}, { stripeAccount: 'acct_stranger' });
    await expect(request).rejects.toMatchObject({ statusCode: 403, code: 'account_invalid' });
  });

  test('for an account that has left the platform is forbidden', async () => {
    const account = await sandbox.seller();
    await sandbox.ask('POST', `accounts/${account}/deauthorize`);
    const request = sandbox.stripe.balance.retrieve({}, { stripeAccount: account });
    await expect(request).rejects.toMatchObject({ statusCode: 403, code: 'account_invalid' });
  });

  test('may name its account in Stripe-Context as well', async () => {
    await sandbox.stripe.transfers.create({ amount: 7_00, currency: 'usd', destination: seller });
    const { available } = await sandbox.stripe.balance.retrieve({}, { stripeContext: seller });
    expect(available[0]?.amount).toBe(7_00);
  });

  test('for another account does not see the platform', async () => {
    const request = sandbox.stripe.transfers.create(
      { amount: 1_00, currency: 'usd', destination: seller },
      { stripeAccount: seller },
    );
    await expect(request).rejects.toMatchObject({ code: 'platform_account_required' });
  });
});

describe('expand', () => {
  test('puts objects in the place of their ids, in lists too', async () => {
    const transfer = await sandbox.stripe.transfers.create({
      amount: 3_00,
      currency: 'usd',
      destination: seller,
      expand: ['balance_transaction', 'destination_payment.balance_transaction'],
    });
    expect(transfer.balance_transaction).toMatchObject({ type: 'transfer', net: -3_00 });
    expect(transfer.destination_payment).toMatchObject({
      balance_transaction: { type: 'payment', net: 3_00 },
    });
    const { data } = await sandbox.stripe.transfers.list({ expand: ['data.balance_transaction'] });
    expect(data[0]?.balance_transaction).toMatchObject({ object: 'balance_transaction' });
  });

  test('goes on where what moved a balance has the rest of the path, and not where it has not', async () => {
    const group = 'expanded';
    const order = { amount: 3_00, currency: 'usd', destination: seller, transfer_group: group };
    await sandbox.stripe.transfers.create(order);
    await sandbox.stripe.payouts.create(
      { amount: 1_00, currency: 'usd' },
      { stripeAccount: seller },
    );
    const { data } = await sandbox.stripe.balanceTransactions.list(
      { limit: 2, expand: ['data.source.source_transfer'] },
      { stripeAccount: seller },
    );
    expect(data.map(({ source }) => source)).toMatchObject([
      { object: 'payout', amount: 1_00 },
      { object: 'charge', source_transfer: { object: 'transfer', transfer_group: group } },
    ]);
  });

  test('refuses what is no object, and then nothing has been done', async () => {
    const before = await sandbox.available();
    const params = { amount: 3_00, currency: 'usd', destination: seller, expand: ['colour'] };
    const request = sandbox.stripe.transfers.create(params);
    await expect(request).rejects.toThrow('This property cannot be expanded (colour).');
    expect(await sandbox.available()).toBe(before);
  });
});

describe('a list', () => {
  const made: string[] = [];
  const group = 'pages';

  beforeAll(async () => {
    for (let amount = 1_00; amount <= 7_00; amount += 1_00) {
      const params = { amount, currency: 'usd', destination: seller, transfer_group: group };
      made.unshift((await sandbox.stripe.transfers.create(params)).id);
    }
  });

  test('of v1 goes through its pages, newest first', async () => {
    const seen: string[] = [];
    const list = sandbox.stripe.transfers.list({ transfer_group: group, limit: 3 });
    for await (const transfer of list) seen.push(transfer.id);
    expect(seen).toEqual(made);
  });

  test('of v1 says whether there is more, and goes back', async () => {
    const query = { transfer_group: group, limit: 3 };
    const first = await sandbox.stripe.transfers.list(query);
    expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/transfers' });
    const after = { ...query, starting_after: made[3] ?? '' };
    expect(await sandbox.stripe.transfers.list(after)).toMatchObject({ has_more: false });
    const back = await sandbox.stripe.transfers.list({ ...query, ending_before: made[4] ?? '' });
    expect(back.data.map((one) => one.id)).toEqual(made.slice(1, 4));
    expect(back.has_more).toBe(true);
  });

  test.each([0, 101])('of v1 refuses a limit of %i', async (limit) => {
    const request = sandbox.stripe.transfers.list({ limit });
    await expect(request).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
  });

  test('of v2 goes through its pages by their address', async () => {
    const accounts = [await sandbox.newcomer(), await sandbox.newcomer(), await sandbox.newcomer()];
    const seen: string[] = [];
    for await (const account of sandbox.stripe.v2.core.accounts.list({ limit: 2 })) {
      seen.push(account.id);
    }
    expect(seen.slice(0, 3)).toEqual(accounts.toReversed());
    expect(seen).toContain(seller);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('metadata', () => {
  test('changes by key, and empty text takes a key away', async () => {
    const { transfers } = sandbox.stripe;
    const params = { amount: 1_00, currency: 'usd', destination: seller };
    const { id } = await transfers.create({ ...params, metadata: { a: '1', b: '2' } });
    const changed = await transfers.update(id, { metadata: { b: '', c: '3' } });
    expect(changed.metadata).toEqual({ a: '1', c: '3' });
    expect((await transfers.update(id, { metadata: '' })).metadata).toEqual({});
  });
});
