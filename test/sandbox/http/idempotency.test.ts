import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../dev/wait.ts';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';
import { type Reply, seen, send } from '../wire.ts';

let sandbox: MoneySandbox;
let seller: string;

beforeAll(async () => {
  sandbox = await startMoneySandbox();
  await sandbox.fund(1_000_000);
  seller = await sandbox.seller();
});
afterAll(() => sandbox.close());

function transfer(key: string, amount = 10_00, headers = {}): Promise<Reply> {
  return send(sandbox.url, 'POST /v1/transfers', {
    headers: { 'idempotency-key': key, ...headers },
    form: { amount: String(amount), currency: 'usd', destination: seller },
  });
}

async function transfersOf(destination: string): Promise<unknown[]> {
  const book = (await sandbox.ask('GET', 'book')) as { transfers: { destination: string }[] };
  return book.transfers.filter((one) => one.destination === destination);
}

describe('a key of v1', () => {
  test('answers again what it answered first, and moves nothing again', async () => {
    const before = await transfersOf(seller);
    const first = await transfer('again');
    const second = await transfer('again');
    expect(first.status).toBe(200);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.status).toBe(200);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect(second.headers.get('request-id')).not.toBe(first.headers.get('request-id'));
    expect(second.body).toEqual(first.body);
    expect(await transfersOf(seller)).toHaveLength(before.length + 1);
  });

  test('is refused with other parameters', async () => {
    await transfer('other', 10_00);
    const { status, body } = await transfer('other', 11_00);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      type: 'idempotency_error',
      message:
        'Keys for idempotent requests can only be used with the same parameters they were first ' +
        "used with. Try using a key other than 'other' if you meant to execute a different request.",
    });
  });

  test('is in use while its first request is in flight', async () => {
    const hold = { id: 'flight', when: 'during', method: 'POST', path: '^/v1/transfers$' };
    await sandbox.ask('PUT', 'holds', { holds: [hold] });
    const first = transfer('flight');
    await until(
      'a request hangs',
      seen(hanging, (waiting) => waiting.length === 1),
    );
    const second = await transfer('flight');
    expect(second.status).toBe(409);
    expect(second.body.error?.code).toBe('idempotency_key_in_use');
    await sandbox.ask('POST', 'holds/flight/release');
    expect((await first).status).toBe(200);
    const third = await transfer('flight');
    expect(third.headers.get('idempotent-replayed')).toBe('true');
    expect(third.body['id']).toBe((await first).body['id']);
  });

  test('keeps a refusal for want of balance, also when the money has come', async () => {
    const poor = await startMoneySandbox();
    const destination = await poor.seller();
    const pay = () =>
      send(poor.url, 'POST /v1/transfers', {
        headers: { 'idempotency-key': 'poisoned' },
        form: { amount: '500', currency: 'usd', destination },
      });
    const first = await pay();
    expect(first.body.error?.code).toBe('balance_insufficient');
    expect(first.headers.get('stripe-should-retry')).toBe('false');
    await poor.fund(1_000_00);
    const second = await pay();
    expect(second.status).toBe(400);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    await poor.close();
  });

  test('keeps nothing of parameters that are invalid, nor of a wrong key', async () => {
    const refused = await send(sandbox.url, 'POST /v1/transfers', {
      headers: { 'idempotency-key': 'unkept' },
      form: { amount: 'ten', currency: 'usd', destination: seller },
    });
    expect(refused.body.error?.code).toBe('parameter_invalid_integer');
    const unknown = await transfer('unkept', 12_00, { authorization: 'Bearer sk_test_wrong' });
    expect(unknown.status).toBe(401);
    const accepted = await transfer('unkept', 13_00);
    expect(accepted.status).toBe(200);
    expect(accepted.headers.get('idempotent-replayed')).toBeNull();
  });

  test('belongs to the account acted for', async () => {
    const accounts = [await sandbox.seller(), await sandbox.seller()];
    const payouts: Reply[] = [];
    for (const account of accounts) {
      await sandbox.stripe.transfers.create({
        amount: 9_00,
        currency: 'usd',
        destination: account,
      });
      const headers = { 'idempotency-key': 'shared', 'stripe-account': account };
      const form = { amount: '900', currency: 'usd' };
      payouts.push(await send(sandbox.url, 'POST /v1/payouts', { headers, form }));
    }
    expect(payouts.map((one) => one.status)).toEqual([200, 200]);
    expect(payouts[0]?.body['id']).not.toBe(payouts[1]?.body['id']);
  });

  test('is forgotten after 24 hours, and then pays again', async () => {
    const first = await transfer('pruned');
    const now = await sandbox.now();
    await sandbox.moveTo(now + 23 * 3600_000);
    const kept = await transfer('pruned');
    expect(kept.headers.get('idempotent-replayed')).toBe('true');
    await sandbox.moveTo(now + 24 * 3600_000 + 1_000);
    const again = await transfer('pruned');
    expect(again.headers.get('idempotent-replayed')).toBeNull();
    expect(again.body['id']).not.toBe(first.body['id']);
  });

  test('may have up to 255 characters', async () => {
    expect((await transfer('k'.repeat(255))).status).toBe(200);
    expect((await transfer('k'.repeat(256))).status).toBe(400);
  });
});

describe('a request whose answer was lost', () => {
  test('is done once: the same key finds what was made', async () => {
    const before = await transfersOf(seller);
    const rule = { kind: 'drop-after', method: 'POST', path: '/v1/transfers' };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    await expect(transfer('lost')).rejects.toThrow('fetch failed');
    const retried = await transfer('lost');
    expect(retried.headers.get('idempotent-replayed')).toBe('true');
    expect(await transfersOf(seller)).toHaveLength(before.length + 1);
  });

  test('was never done when the connection broke before: the same key does it', async () => {
    const rule = { kind: 'drop-before', method: 'POST', path: '/v1/transfers' };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    await expect(transfer('unsent')).rejects.toThrow('fetch failed');
    const retried = await transfer('unsent');
    expect(retried.status).toBe(200);
    expect(retried.headers.get('idempotent-replayed')).toBeNull();
  });

  test('answers a stored 500 again, though it was done', async () => {
    const before = await transfersOf(seller);
    const rule = {
      kind: 'status',
      status: 500,
      stored: true,
      processed: true,
      path: '/v1/transfers',
    };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    const first = await transfer('broken');
    const second = await transfer('broken');
    expect([first.status, second.status]).toEqual([500, 500]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await transfersOf(seller)).toHaveLength(before.length + 1);
  });
});

describe('a key of v2', () => {
  const json = { contact_email: 'v2@example.com', identity: { country: 'us' } };
  const create = (key: string, body: object = json) =>
    send(sandbox.url, 'POST /v2/core/accounts', {
      headers: { 'idempotency-key': key },
      json: body,
    });

  test('replays a success for 30 days', async () => {
    const first = await create('v2');
    const now = await sandbox.now();
    await sandbox.moveTo(now + 29 * 86_400_000);
    expect((await create('v2')).body['id']).toBe(first.body['id']);
    await sandbox.moveTo(now + 30 * 86_400_000 + 1_000);
    expect((await create('v2')).body['id']).not.toBe(first.body['id']);
  });

  test('runs a failed call again instead of replaying the failure', async () => {
    const account = await sandbox.seller();
    const { id } = await sandbox.stripe.transfers.create({
      amount: 5_00,
      currency: 'usd',
      destination: account,
    });
    const close = () =>
      send(sandbox.url, `POST /v2/core/accounts/${account}/close`, {
        headers: { 'idempotency-key': 'close' },
        json: {},
      });
    expect((await close()).status).toBe(400);
    await sandbox.stripe.transfers.createReversal(id);
    const second = await close();
    expect(second.status).toBe(200);
    expect(second.headers.get('idempotent-replayed')).toBeNull();
  });

  test('finds what a failed answer hid, without doing it twice', async () => {
    const rule = { kind: 'status', status: 500, processed: true, path: '/v2/core/accounts' };
    await sandbox.ask('PUT', 'faults', { rules: [rule] });
    const failed = await create('hidden');
    const made = await create('hidden');
    expect([failed.status, made.status]).toEqual([500, 200]);
    expect(made.headers.get('idempotent-replayed')).toBe('true');
    expect((await create('hidden')).body['id']).toBe(made.body['id']);
  });

  test('is refused with other parameters', async () => {
    await create('v2-other');
    const { body } = await create('v2-other', { ...json, display_name: 'Other' });
    expect(body.error?.type).toBe('idempotency_error');
  });
});

async function hanging(): Promise<unknown[]> {
  const { holds } = (await sandbox.ask('GET', 'holds')) as { holds: { waiting: unknown[] }[] };
  return holds.flatMap((hold) => hold.waiting);
}
