import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { isRunning } from '../../dev/processes/identity.ts';
import { until } from '../../dev/wait.ts';
import { asOfOlderVersion } from '../servers/older-version.ts';
import { choosePlace, clear, launch, type Launched, partsIn, type Place } from './launcher.ts';

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
  await until('it is ready', async () => {
    const answer = (await (await call('/ready')).json()) as { ready: boolean };
    return answer.ready;
  });
  sellerPath = await createSeller();
  const parts = partsIn(place.folder);
  const names = ['API', 'Postgres', 'Temporal', 'sandbox', 'worker'];
  expect(parts.map((part) => part.name).toSorted()).toEqual(names);
  expect(openToOthers(place.folder)).toEqual([]);
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

test('says that the admin key was revoked, and how to have another made', async () => {
  launched = launch(place);
  await launched.said(up);
  const made = await call('/v1/api-keys', post({ name: 'another', role: 'admin' }, 'another'));
  const { key: another } = (await made.json()) as { key: string };
  const listed = await call('/v1/api-keys');
  const { data } = (await listed.json()) as { data: { id: string; name: string }[] };
  const admin = data.find(({ name }) => name === 'ADMIN_API_KEY');
  const revoke = `/v1/api-keys/${admin?.id}/revoke`;
  expect((await call(revoke, { ...post({}, 'revoke'), key: another })).status).toBe(200);
  launched.kill('SIGTERM');
  expect(await launched.ended).toBe(0);
  launched = launch(place);
  await launched.said('another is made.');
  expect(launched.output()).toContain('The admin key was revoked');
  expect(launched.output()).not.toContain('Create a first seller');
  launched.kill('SIGTERM');
  await launched.ended;
  rmSync(join(place.folder, 'admin-key'));
  launched = launch(place);
  await launched.said('Create a first seller');
  expect((await call(sellerPath)).status).toBe(200);
  launched.kill('SIGTERM');
  await launched.ended;
});

test('leaves alone what an older version made, and names the folder to remove', async () => {
  launched = launch(place);
  await launched.said(up);
  await asOfOlderVersion(databaseUrl());
  launched.kill('SIGTERM');
  expect(await launched.ended).toBe(0);
  launched = launch(place);
  expect(await launched.ended).toBe(1);
  const words = launched.output();
  expect(words).toContain('made by a version of payout-engine from before the first release');
  expect(words).toContain(
    `with everything stopped, remove the folder ${place.folder} and start again.`,
  );
  expect(words).not.toMatch(/^\s+at /m);
});

test('stops and says why when its folder is removed', async () => {
  const own = await choosePlace();
  launched = launch(own);
  await launched.said(up);
  const parts = partsIn(own.folder);
  // At once, or Postgres may be the first to miss one of its files.
  renameSync(own.folder, `${own.folder}-removed`);
  rmSync(`${own.folder}-removed`, { recursive: true, force: true, maxRetries: 3 });
  expect(await launched.ended).toBe(1);
  expect(launched.output()).toContain(`${own.folder} was removed while it was in use`);
  expect(parts.filter(isRunning)).toEqual([]);
});

test('refuses at once a place where no folder can be', async () => {
  launched = launch(place, { PAYOUT_ENGINE_STATE: '/dev/null/state' });
  expect(await launched.ended).toBe(1);
  expect(launched.output()).toMatch(/^\/dev\/null\/state cannot be the state folder/);
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
  const ways = ['TEMPORAL_ADDRESS=', 'the Temporal CLI on the PATH', 'online', 'Go 1.25 or newer'];
  for (const way of ways) expect(launched.output().split(way).length).toBe(2);
});

/** What `npm run setup` reads in a second terminal. */
function databaseUrl(): string {
  const written = readFileSync(join(place.folder, 'engine.env'), 'utf8');
  return /^DATABASE_URL=(.+)$/m.exec(written)?.[1] ?? '';
}

/** What other users could read: nothing, and through the folder comes only Postgres's. */
function openToOthers(folder: string): string[] {
  expect(statSync(folder).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o710 : 0o700);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    return !name.startsWith('postgres/') && (statSync(join(folder, name)).mode & 0o077) !== 0;
  });
}

/** Creates a seller and answers with its path. */
async function createSeller(): Promise<string> {
  const seller = { email: 'ada@example.com', country: 'DE' };
  const answer = await call('/v1/sellers', post(seller, 'first-seller'));
  expect(answer.status).toBe(201);
  const { id } = (await answer.json()) as { id: string };
  return `/v1/sellers/${id}`;
}

function post(body: object, idempotencyKey: string): RequestInit {
  const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

async function call(path: string, init: RequestInit & { key?: string } = {}): Promise<Response> {
  const key = init.key ?? readFileSync(join(place.folder, 'admin-key'), 'utf8').trim();
  const headers = { ...(init.headers as object), authorization: `Bearer ${key}` };
  return fetch(`http://127.0.0.1:${place.env.API_PORT}${path}`, { ...init, headers });
}
