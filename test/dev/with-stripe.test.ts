import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { startWatchedSandbox, type WatchedSandbox } from '../contract/watched-sandbox.ts';
import { choosePlace, clear, launch, partsIn, type Launched, type Place } from './launcher.ts';

/** Stands at another address for Stripe itself, which the launcher then does not start. */
let stripe: WatchedSandbox;
let place: Place;
let launched: Launched | undefined;

const key = { STRIPE_SECRET_KEY: 'sk_test_of_the_platform' };

beforeAll(async () => {
  place = await choosePlace();
  stripe = await startWatchedSandbox({ secretKey: key.STRIPE_SECRET_KEY, strict: true });
});

afterEach(async () => {
  launched?.kill('SIGKILL');
  await launched?.ended;
});

afterAll(async () => {
  clear(place);
  await stripe.close();
});

test('with a key of Stripe no sandbox starts, what is red is shown, and set-up runs beside', async () => {
  await setAutomaticPayouts();
  launched = launch(place, { ...key, STRIPE_API_BASE: stripe.url });
  await launched.said('payout-engine is up');
  const names = partsIn(place.folder).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['API', 'Postgres', 'Temporal', 'worker']);
  expect(launched.output()).toMatch(/ok +Stripe key +that of acct_[^]*WRONG +Platform payouts/);

  const file = join(place.folder, 'engine.env');
  expect(readFileSync(file, 'utf8')).toContain('DATABASE_URL=');
  expect(readFileSync(file, 'utf8')).not.toContain(key.STRIPE_SECRET_KEY);
  const beside = await npmRunSetup({ ...key, STRIPE_API_BASE: stripe.url });
  expect(beside).toMatch(/ok +Temporal[^]*ok +Database +belongs to acct_[^]*Nothing was changed/);
  launched.kill('SIGINT');
  expect(await launched.ended).toBe(0);
  expect(existsSync(file)).toBe(false);
});

test('when Stripe cannot be reached, says so and stops everything', async () => {
  launched = launch(place, { ...key, STRIPE_API_BASE: 'http://127.0.0.1:1' });
  expect(await launched.ended).toBe(1);
  expect(launched.output()).toContain('http://127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  expect(launched.output()).toContain('Stopped.');
});

test('a live key without ALLOW_LIVE starts nothing', async () => {
  launched = launch(place, { STRIPE_SECRET_KEY: 'sk_live_1' });
  expect(await launched.ended).toBe(1);
  expect(launched.output().trim()).toBe('A live Stripe key needs ALLOW_LIVE=1');
});

async function setAutomaticPayouts(): Promise<void> {
  const answer = await fetch(`${stripe.url}/v1/balance_settings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.STRIPE_SECRET_KEY}` },
    body: new URLSearchParams({ 'payments[payouts][schedule][interval]': 'daily' }),
  });
  expect(answer.status).toBe(200);
}

/** In a second terminal, where only Stripe's key is set. */
async function npmRunSetup(env: Record<string, string>): Promise<string> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const PATH = process.env.PATH ?? '';
  const running = spawn('npm', ['run', 'setup'], {
    cwd,
    env: { PATH, HOME: process.env.HOME, PAYOUT_ENGINE_STATE: place.folder, ...env },
  });
  let output = '';
  for (const stream of [running.stdout, running.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  await new Promise((resolve) => running.once('close', resolve));
  return output;
}
