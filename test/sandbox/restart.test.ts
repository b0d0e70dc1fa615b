import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Stripe } from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../dev/wait.ts';
import { startReceiver } from './events/receiver.ts';

type Running = { child: ChildProcess; url: string; stripe: Stripe };

let folder: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function start(): Promise<Running> {
  const env = {
    ...process.env,
    SANDBOX_PORT: '0',
    SANDBOX_FILE: join(folder, 'sandbox.db'),
    SANDBOX_SECRET_KEY: 'sk_test_sandbox',
  };
  const child = spawn(process.execPath, ['sandbox/main.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { listening } = JSON.parse(line) as { listening: string };
  const { hostname, port } = new URL(listening);
  const options = { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 } as const;
  return { child, url: listening, stripe: new Stripe('sk_test_sandbox', options) };
}

async function stop({ child }: Running, signal: NodeJS.Signals): Promise<unknown> {
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0];
}

async function control<T>({ url }: Running, method: string, path: string, body?: object) {
  const init = body && { body: JSON.stringify(body) };
  return (await fetch(`${url}/_sandbox/${path}`, { method, ...init })).json() as Promise<T>;
}

test('a killed sandbox remembers money, keys, events, time and what is due', async () => {
  const before = await start();
  const charge = { amount: 100_00, currency: 'usd', source: 'tok_visa' };
  const idempotencyKey = 'survives';
  const made = await before.stripe.charges.create(charge, { idempotencyKey });
  await control(before, 'POST', 'clock', { offsetMs: 3600_000 });
  const book = await control<{ accounts: object; totals: object }>(before, 'GET', 'book');
  await stop(before, 'SIGKILL');

  const after = await start();
  const again = await control<{ accounts: object; totals: object }>(after, 'GET', 'book');
  expect(again.accounts).toEqual(book.accounts);
  expect(again.totals).toEqual(book.totals);
  const replayed = await after.stripe.charges.create(charge, { idempotencyKey });
  expect(replayed.id).toBe(made.id);
  expect(replayed.lastResponse.headers['idempotent-replayed']).toBe('true');
  const { data } = await after.stripe.events.list({ type: 'charge.succeeded' });
  expect(data).toHaveLength(1);
  expect(await control(after, 'GET', 'clock')).toMatchObject({ offsetMs: 3600_000 });
  await control(after, 'POST', 'clock', { offsetMs: 10 * 86_400_000 });
  const balance = await after.stripe.balance.retrieve();
  expect(balance.pending[0]?.amount).toBe(0);
  expect(balance.available[0]?.amount).toBeGreaterThan(0);
});

test('a killed sandbox goes on with its plan at the call where it was', async () => {
  const before = await start();
  const strikes = [{ endpoint: 'GET /v1/balance', n: 2, fault: 'retry-500' }];
  await control(before, 'PUT', 'plan', { strikes });
  await before.stripe.balance.retrieve();
  await stop(before, 'SIGKILL');
  const after = await start();
  await expect(after.stripe.balance.retrieve()).rejects.toThrow('An unknown error occurred.');
  const { strikes: struck } = await control<{ strikes: object[] }>(after, 'GET', 'strikes');
  expect(struck).toMatchObject([{ endpoint: 'GET /v1/balance', n: 2, fault: 'retry-500' }]);
});

test('what was not delivered when it was killed is delivered by the next', async () => {
  const receiver = await startReceiver();
  const before = await start();
  const destination = { id: 'here', url: receiver.url, secret: 'whsec_x', payload: 'snapshot' };
  await control(before, 'PUT', 'destinations', { destinations: [destination] });
  await control(before, 'PUT', 'webhooks', { mode: 'delay', delayMs: 5_000 });
  await before.stripe.charges.create({ amount: 5_00, currency: 'usd', source: 'tok_visa' });
  await stop(before, 'SIGKILL');
  expect(receiver.arrived).toEqual([]);
  await start();
  await until('it has arrived', () => receiver.of('charge.succeeded').length === 1);
  await receiver.close();
});

test('a sandbox that is asked to stop ends in order', async () => {
  const running = await start();
  expect(await stop(running, 'SIGTERM')).toBe(0);
});
