import { rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../dev/wait.ts';
import { startWatchedSandbox, type WatchedSandbox } from '../contract/watched-sandbox.ts';
import { choosePlace, clear, launch, type Launched, type Place } from './launcher.ts';

/** An engine that was stopped and copied: the original and its copy run against one Stripe. */
const secretKey = 'sk_test_of_the_platform';
const adminKey = 'pe_admin_of_the_copied_engine';
let stripe: WatchedSandbox;
let places: [Place, Place];
let launched: Launched[] = [];

beforeAll(async () => {
  places = [await choosePlace(), await choosePlace()];
  stripe = await startWatchedSandbox({ secretKey });
});

afterAll(async () => {
  for (const one of launched) one.kill('SIGKILL');
  await Promise.all(launched.map(({ ended }) => ended));
  for (const place of places) clear(place);
  await stripe.close();
});

/** The jobs run every few seconds, because no webhook is delivered. */
const seconds = Object.fromEntries(
  ['RELAY', 'SWEEP', 'REVIVE', 'ACCOUNTS', 'RECONCILIATION'].map((job) => [`${job}_SECONDS`, '2']),
);

async function start(place: Place): Promise<Launched> {
  const env = {
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_API_BASE: stripe.url,
    STRIPE_WEBHOOK_SECRETS: 'whsec_of_the_copied_engine',
    SANDBOX_URL: stripe.url,
    ADMIN_API_KEY: adminKey,
    ...seconds,
  };
  const running = launch(place, env);
  launched.push(running);
  await running.said('payout-engine is up');
  return running;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's view of JSON
type Answer = any;

async function fetched(
  url: string,
  method: string,
  headers: object,
  body?: unknown,
): Promise<Answer> {
  const init = { method, headers: { 'content-type': 'application/json', ...headers } };
  const answer = await fetch(url, {
    ...init,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

let calls = 0;
const call = (place: Place, method: string, path: string, body?: unknown): Promise<Answer> => {
  const headers = {
    authorization: `Bearer ${adminKey}`,
    'idempotency-key': `call-${(calls += 1)}`,
  };
  return fetched(`http://127.0.0.1:${place.env['API_PORT']}${path}`, method, headers, body);
};
const control = (method: string, path: string, body?: unknown) =>
  fetched(`${stripe.url}/_sandbox${path}`, method, {}, body);

async function fund(): Promise<void> {
  const body = new URLSearchParams({
    amount: '100000',
    currency: 'eur',
    source: 'tok_bypassPending',
  });
  const headers = { authorization: `Bearer ${secretKey}` };
  expect((await fetch(`${stripe.url}/v1/charges`, { method: 'POST', headers, body })).status).toBe(
    200,
  );
}

/** Creates a seller with a daily schedule who has earned 100.00. */
async function createSeller(place: Place): Promise<string> {
  const details = { email: 'ada@example.com', country: 'DE', currency: 'eur' };
  const { id } = await call(place, 'POST', '/v1/sellers', details);
  const read = () => call(place, 'GET', `/v1/sellers/${id}`);
  const account = await until('the account exists', async () => (await read()).stripeAccount);
  await control('POST', `/accounts/${account}/complete-onboarding`, {});
  await until('the seller is active', async () => (await read()).status === 'active');
  await call(place, 'PATCH', `/v1/sellers/${id}`, {
    schedule: { interval: 'daily', timeZone: 'Europe/Berlin' },
  });
  const earning = { externalId: 'order-1', amount: 100_00, currency: 'eur' };
  await call(place, 'POST', `/v1/sellers/${id}/earnings`, earning);
  return id;
}

/** Copies everything that the stopped engine has stored, as `cp -a` does. */
function copyFolder([from, to]: [Place, Place]): void {
  expect(spawnSync('cp', ['-a', '-T', from.folder, to.folder]).status).toBe(0);
  rmSync(join(to.folder, 'postgres-place'), { force: true });
}

const made = (list: { metadata: { payout_id?: string } }[]) =>
  list.map(({ metadata }) => metadata.payout_id ?? '').toSorted((a, b) => a.localeCompare(b));

test('an engine that was stopped and copied pays each seller once, and its copy says why it sends nothing', async () => {
  const [original] = places;
  const first = await start(original);
  await control('PUT', '/webhooks', { mode: 'off' });
  await fund();
  const sellers = [];
  for (let count = 0; count < 3; count += 1) sellers.push(await createSeller(original));
  first.kill('SIGINT');
  await first.ended;
  copyFolder(places);
  await Promise.all(places.map(start));

  const { nextPayoutAt } = await call(original, 'GET', `/v1/sellers/${sellers[0]}`);
  for (const one of places) await call(one, 'POST', '/v1/test/clock', { to: nextPayoutAt });
  const listed = (place: Place) =>
    until('the payday is opened', async () => {
      const { data } = await call(place, 'GET', '/v1/payouts');
      return data.length === sellers.length && (data as { id: string; status: string }[]);
    });
  const ids = (await Promise.all(places.map(listed))).map((all) =>
    all.map(({ id }) => id).toSorted(),
  );
  expect(ids[0]).toEqual(ids[1]);
  const stopped = await until('one of them stops', async () => {
    const all = await Promise.all(places.map((one) => call(one, 'GET', '/v1/operations')));
    return places.find((_place, index) => all[index].moneyStopped === true);
  });
  const paying = places.find((place) => place !== stopped) ?? original;
  await until('everybody is paid', async () => {
    return (await listed(paying)).every(({ status }) => status === 'sent');
  });
  await until('the other waits', async () => {
    const { waits } = await call(stopped, 'GET', `/v1/payouts/${ids[0]?.[0]}/explain`);
    return JSON.stringify(waits).includes('Another engine took or renewed the right to send');
  });
  const book = await control('GET', '/book');
  expect(made(book.transfers)).toEqual(ids[0]);
  expect(made(book.payouts)).toEqual(ids[0]);
  expect((await call(paying, 'GET', '/v1/operations')).moneyStopped).toBe(false);
});
