import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { isRunning } from '../../dev/process-identity.ts';
import { choosePlace, clear, launch, partsIn, type Launched, type Place } from './launcher.ts';

const up = 'payout-engine is up';
let place: Place;
let launched: Launched | undefined;
let sellerPath = '';

beforeAll(async () => {
  place = await choosePlace();
});

afterEach(async () => {
  launched?.kill('SIGKILL');
  await launched?.ended;
});

afterAll(() => clear(place));

test('starts everything on an empty folder, and Ctrl-C leaves no process', async () => {
  launched = launch(place);
  await launched.said(up);
  const answer = await call('/ready');
  expect(await answer.json()).toMatchObject({ ready: true });
  sellerPath = await createSeller();
  const parts = partsIn(place.folder);
  const names = ['API', 'Postgres', 'Temporal', 'sandbox', 'worker'];
  expect(parts.map((part) => part.name).toSorted()).toEqual(names);
  launched.kill('SIGINT');
  expect(await launched.ended).toBe(0);
  expect(parts.filter(isRunning)).toEqual([]);
});

test('goes on after a kill -9 of the launcher, with everything kept', async () => {
  launched = launch(place);
  await launched.said(up);
  const left = partsIn(place.folder);
  launched.kill('SIGKILL');
  await launched.ended;
  expect(left.filter(isRunning).length).toBe(5);
  launched = launch(place);
  await launched.said(up);
  expect(launched.output()).toContain('An earlier start was cut short');
  expect(left.filter(isRunning)).toEqual([]);
  expect((await call(sellerPath)).status).toBe(200);
  const second = launch(place);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(
    `It runs already, from this folder, as process ${launched.pid}`,
  );
  launched.kill('SIGTERM');
  expect(await launched.ended).toBe(0);
});

test('names each port that is taken, and the variable that chooses another', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  launched = launch(place, { API_PORT: port, SANDBOX_PORT: port });
  expect(await launched.ended).toBe(1);
  taken.close();
  expect(launched.output()).toContain(`Port ${port}, for the API, is taken`);
  expect(launched.output()).toMatch(/another: API_PORT=\d+ npm start/);
  expect(launched.output()).toContain(`Port ${port} is meant for the API and the Stripe sandbox`);
  expect(launched.output()).toMatch(/another: SANDBOX_PORT=\d+ npm start/);
});

test('without any way to Temporal says so once, and names every way there is', async () => {
  launched = launch(place, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    STRIPE_SECRET_KEY: 'sk_test_1',
    PATH: join(place.folder, 'nothing'),
    XDG_CACHE_HOME: join(place.folder, 'cache'),
    HTTPS_PROXY: 'http://127.0.0.1:1',
  });
  expect(await launched.ended).toBe(1);
  const ways = ['TEMPORAL_ADDRESS=', 'its program on the PATH', 'online', 'Go 1.25 or newer'];
  for (const way of ways) expect(launched.output().split(way).length).toBe(2);
});

/** Creates a seller and answers with its path. */
async function createSeller(): Promise<string> {
  const body = JSON.stringify({ email: 'ada@example.com', country: 'DE' });
  const answer = await call('/v1/sellers', { method: 'POST', body });
  expect(answer.status).toBe(201);
  const { id } = (await answer.json()) as { id: string };
  return `/v1/sellers/${id}`;
}

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const key = readFileSync(join(place.folder, 'admin-key'), 'utf8').trim();
  return fetch(`http://127.0.0.1:${place.env.API_PORT}${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': 'first-seller',
    },
  });
}
