import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../dev/wait.ts';
import { type MoneySandbox, startMoneySandbox } from './money/stage.ts';
import { seen, send } from './wire.ts';

let sandbox: MoneySandbox;
let seller: string;

beforeAll(async () => {
  sandbox = await startMoneySandbox();
  await sandbox.fund(1_000_000);
  seller = await sandbox.seller();
});
afterAll(() => sandbox.close());

type Line = {
  seq: number;
  at: number;
  finishedAt: number | null;
  method: string;
  path: string;
  account: string;
  idempotencyKey: string | null;
  replayed: boolean;
  status: number | null;
  errorCode: string | null;
  body: Record<string, unknown>;
};
type Held = { id: string; caught: number; waiting: { path: string; account: string }[] };

async function requests(query: string): Promise<Line[]> {
  return ((await sandbox.ask('GET', `requests?${query}`)) as { requests: Line[] }).requests;
}

function untilHeld(): Promise<Held[]> {
  return until(
    'a request is held',
    seen(held, ([one]) => one?.waiting.length === 1),
  );
}

async function held(): Promise<Held[]> {
  return ((await sandbox.ask('GET', 'holds')) as { holds: Held[] }).holds;
}

function sendTransfer() {
  const form = { amount: '200', currency: 'usd', destination: seller };
  return send(sandbox.url, 'POST /v1/transfers', { form });
}

describe('the clock', () => {
  test('moves forward only', async () => {
    const { offsetMs } = (await sandbox.ask('GET', 'clock')) as { offsetMs: number };
    await sandbox.ask('POST', 'clock', { offsetMs: offsetMs + 60_000 });
    await expect(sandbox.ask('POST', 'clock', { offsetMs })).rejects.toThrow('only moves forward');
    const real = Date.now();
    expect(await sandbox.now()).toBeGreaterThanOrEqual(real + 60_000);
  });

  test('does everything that falls due on the way, in order and as of its time', async () => {
    await sandbox.moveToMonday();
    const account = await sandbox.seller();
    await sandbox.stripe.transfers.create({ amount: 8_00, currency: 'usd', destination: account });
    const acting = { stripeAccount: account };
    await sandbox.stripe.balanceSettings.update(
      { payments: { payouts: { schedule: { interval: 'manual' } } } },
      acting,
    );
    const { id } = await sandbox.stripe.payouts.create({ amount: 8_00, currency: 'usd' }, acting);
    await sandbox.moveDays(7);
    expect((await sandbox.stripe.payouts.retrieve(id, {}, acting)).status).toBe('paid');
    const { data } = await sandbox.stripe.events.list({ type: 'payout.*' }, acting);
    expect(data.map((event) => event.type)).toEqual([
      'payout.paid',
      'payout.updated',
      'payout.created',
    ]);
    const [paid, left] = data.map((event) => event.created);
    expect((paid ?? 0) - (left ?? 0)).toBe(86_400);
  });

  test('lets due things happen in real time too', async () => {
    const id = await sandbox.newcomer();
    const later = { birthDate: '1901-01-01', idNumber: '000000000' };
    await sandbox.ask('POST', `accounts/${id}/complete-onboarding`, later);
    const statusOf = async () => {
      const include = ['configuration.recipient' as const];
      const account = await sandbox.stripe.v2.core.accounts.retrieve(id, { include });
      return account.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers
        ?.status;
    };
    expect(await statusOf()).toBe('pending');
    expect(
      await until(
        'Stripe has decided',
        seen(statusOf, (status) => status !== 'pending'),
      ),
    ).toBe('active');
  });
});

describe('the request log', () => {
  test('says who asked for what, when, and what was answered', async () => {
    const before = (await requests('')).at(-1)?.seq ?? 0;
    const headers = { 'idempotency-key': 'logged', 'stripe-account': seller };
    const form = { amount: '99999999', currency: 'usd' };
    const { headers: answered } = await send(sandbox.url, 'POST /v1/payouts', { headers, form });
    const logged = () => requests(`after=${before}`);
    const lines = await until(
      'the request has ended',
      seen(logged, ([line]) => typeof line?.finishedAt === 'number'),
    );
    expect(lines).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/v1/payouts',
        account: seller,
        idempotencyKey: 'logged',
        replayed: false,
        status: 400,
        errorCode: 'balance_insufficient',
        requestId: answered.get('request-id'),
        body: form,
      }),
    ]);
    expect(lines[0]?.finishedAt).toBeGreaterThanOrEqual(lines[0]?.at ?? Infinity);
  });

  test('is filtered by path, method, key, account and replay', async () => {
    const send3 = () =>
      send(sandbox.url, 'POST /v1/transfers', {
        headers: { 'idempotency-key': 'filtered' },
        form: { amount: '100', currency: 'usd', destination: seller },
      });
    await send3();
    await send3();
    expect(await requests('idempotencyKey=filtered')).toHaveLength(2);
    expect(await requests('idempotencyKey=filtered&replayed=true')).toHaveLength(1);
    expect(await requests('idempotencyKey=filtered&method=GET')).toHaveLength(0);
    expect(await requests(`idempotencyKey=filtered&account=${seller}`)).toHaveLength(0);
    expect(await requests('idempotencyKey=filtered&path=/v1/tr')).toHaveLength(2);
    const exactly = encodeURIComponent('^/v1/tr$');
    expect(await requests(`idempotencyKey=filtered&path=${exactly}`)).toHaveLength(0);
  });
});

describe('a hold', () => {
  test('before a request stops it undone; dropped, it was never made', async () => {
    const before = await sandbox.available(seller);
    const holds = [{ id: 'h', when: 'before', method: 'POST', path: '/v1/transfers' }];
    await sandbox.ask('PUT', 'holds', { holds });
    const lost = expect(sendTransfer()).rejects.toThrow('fetch failed');
    const [hold] = await untilHeld();
    expect(hold?.waiting[0]).toMatchObject({ path: '/v1/transfers' });
    await sandbox.ask('POST', 'holds/h/release', { drop: true });
    await lost;
    expect(await requests('errorCode=dropped&path=/v1/transfers')).toHaveLength(1);
    expect(await sandbox.available(seller)).toBe(before);
  });

  test('after a request stops the answer only; dropped, it was made', async () => {
    const before = await sandbox.available(seller);
    await sandbox.ask('PUT', 'holds', {
      holds: [{ id: 'a', when: 'after', path: '/v1/transfers' }],
    });
    const lost = expect(sendTransfer()).rejects.toThrow('fetch failed');
    await untilHeld();
    expect(await sandbox.available(seller)).toBe(before + 2_00);
    await sandbox.ask('POST', 'holds/a/release', { drop: true });
    await lost;
  });

  test('that drops an answer makes the package ask again by itself, and still pays once', async () => {
    const before = await sandbox.available(seller);
    await sandbox.ask('PUT', 'faults', { rules: [{ kind: 'drop-after', path: '/v1/transfers' }] });
    const params = { amount: 3_00, currency: 'usd', destination: seller };
    const { lastResponse } = await sandbox.stripe.transfers.create(params);
    expect(lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await sandbox.available(seller)).toBe(before + 3_00);
  });

  test('may lock its account: other writes for it are to be tried again', async () => {
    const hold = { id: 'l', when: 'during', method: 'POST', path: '/v1/transfers', lock: true };
    await sandbox.ask('PUT', 'holds', { holds: [hold] });
    const first = sendTransfer();
    await untilHeld();
    const { status, headers, body } = await sendTransfer();
    expect([status, body.error?.code]).toEqual([429, 'lock_timeout']);
    expect(headers.get('stripe-rate-limited-reason')).toBeNull();
    await sandbox.ask('POST', 'holds/l/release');
    expect((await first).status).toBe(200);
  });

  test('may concern one account, and lets others pass', async () => {
    await sandbox.ask('PUT', 'holds', {
      holds: [{ id: 'one', when: 'before', path: '/v1/balance', account: seller, count: 5 }],
    });
    const waiting = sandbox.available(seller);
    await untilHeld();
    await sandbox.available();
    await sandbox.ask('PUT', 'holds', { holds: [] });
    expect(await waiting).toBeGreaterThan(0);
  });
});

describe('a fault', () => {
  test('strikes as often as it should, then no more', async () => {
    const rule = { kind: 'rate-limit', path: '/v1/balance', count: 2 };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    const replies = [];
    for (let n = 0; n < 3; n += 1) replies.push(await send(sandbox.url, 'GET /v1/balance'));
    expect(replies.map((reply) => reply.status)).toEqual([429, 429, 200]);
    expect(replies[0]?.headers.get('stripe-rate-limited-reason')).toBe('global-rate');
  });

  test('of a lock asks for a retry and gives no reason', async () => {
    await sandbox.ask('PUT', 'faults', { rules: [{ kind: 'lock-timeout', method: 'GET' }] });
    const { status, headers, body } = await send(sandbox.url, 'GET /v1/balance');
    expect([status, body.error?.code]).toEqual([429, 'lock_timeout']);
    expect(headers.get('stripe-should-retry')).toBe('true');
    expect(headers.get('stripe-rate-limited-reason')).toBeNull();
  });
});

test('the book adds up: what left the platform is what came to the sellers', async () => {
  const own = await startMoneySandbox();
  await own.fund(50_000);
  const before = await own.available();
  const to = await own.seller();
  const metadata = { engine: 'payout_1' };
  await own.stripe.transfers.create({ amount: 12_34, currency: 'usd', destination: to, metadata });
  await own.stripe.payouts.create({ amount: 10_00, currency: 'usd' }, { stripeAccount: to });
  const book = (await own.ask('GET', 'book')) as {
    accounts: { id: string; balances: object[] }[];
    transfers: object[];
    payouts: object[];
    totals: { balances: { side: string; available: number }[] };
  };
  expect(book.transfers).toMatchObject([{ amount: 12_34, destination: to, metadata }]);
  expect(book.payouts).toMatchObject([{ account: to, amount: 10_00, status: 'pending' }]);
  const seen = book.accounts.find((account) => account.id === to);
  expect(seen?.balances).toEqual([{ currency: 'usd', available: 2_34, pending: 0 }]);
  const sides = Object.fromEntries(book.totals.balances.map((one) => [one.side, one.available]));
  expect(sides).toEqual({ platform: before - 12_34, connected: 2_34 });
  await own.close();
});

test.each<[string, string, object | undefined, string]>([
  // order                                                      why
  ['PUT', 'holds', { holds: [{ id: 'a', when: 'sometimes' }] }, 'no such moment'],
  ['PUT', 'holds', { holds: [{ id: 'a', when: 'after', path: '/v1/(' }] }, 'no regexp'],
  ['PUT', 'holds', { holds: [{ id: 'a', when: 'after', count: 0 }] }, 'would never hold'],
  ['PUT', 'holds', {}, 'nothing named'],
  ['PUT', 'faults', { rules: [{ kind: 'fire' }] }, 'no such fault'],
  ['PUT', 'faults', { rules: [{ kind: 'status', status: 42 }] }, 'no HTTP status'],
  ['PUT', 'destinations', { destinations: [{ id: 'a', url: 'b', secret: 'c' }] }, 'no address'],
  ['PUT', 'webhooks', { mode: 'loud' }, 'no such mode'],
  ['PUT', 'webhooks', { mode: 'lose', lose: 3 }, 'no probability'],
  ['PUT', 'limits', { globalPerSecond: 0 }, 'no budget'],
  ['POST', 'clock', { offsetMs: 'soon' }, 'no number'],
  ['POST', 'clock', { offsetMs: 1, hurry: true }, 'unknown input'],
  ['POST', 'accounts/acct_none/complete-onboarding', {}, 'no such account'],
  ['POST', 'payouts/po_none/fail', { failureCode: 'account_closed' }, 'no such payout'],
  ['POST', 'payouts/po_none/fail', {}, 'no code'],
  ['GET', 'requests?limit=0', undefined, 'too few'],
])('the control API refuses %s %s %j: %s', async (method, path, body) => {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  expect([400, 404]).toContain(response.status);
  const { error } = (await response.json()) as { error: { message: string } };
  expect(error.message).not.toBe('');
});
