import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Stripe } from 'stripe';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { connect } from '../../db/connect.ts';
import { recordInstallation } from '../../db/operations/installation.ts';
import { freePort } from '../../dev/ports.ts';
import { withClient } from '../../dev/servers/postgres.ts';
import { createTestDatabase, takeNamespace } from '../servers/environment.ts';
import { until } from '../../dev/wait.ts';
import { waitingHere } from './plumbing.ts';

const script = fileURLToPath(new URL('../../api/main.ts', import.meta.url));
const secret = 'whsec_of_the_tests';
const adminKey = 'admin-key-of-the-process';

const started = new Set<ReturnType<typeof spawn>>();
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});

/** The API as a process of its own. */
async function startProcess(given: NodeJS.ProcessEnv = {}) {
  const databaseUrl = given.DATABASE_URL ?? (await createTestDatabase());
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      STRIPE_SECRET_KEY: 'sk_test_sandbox',
      STRIPE_API_BASE: 'http://127.0.0.1:9',
      STRIPE_WEBHOOK_SECRETS: secret,
      ADMIN_API_KEY: adminKey,
      API_PORT: '0',
      LOG_LEVEL: 'debug',
      ...given,
    },
  });
  started.add(child);
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const firstLine = once(createInterface({ input: child.stdout }), 'line');
  const said = await Promise.race([firstLine.then(([line]) => line as string), ended]);
  const url = typeof said === 'string' ? (JSON.parse(said) as { url: string }).url : '';
  return { child, errors, ended, said, url, databaseUrl };
}

function event(id: string): RequestInit {
  const payload = JSON.stringify({
    id,
    object: 'event',
    type: 'payout.paid',
    livemode: false,
    data: { object: { id: 'po_1' } },
  });
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  return { method: 'POST', body: payload, headers: { 'stripe-signature': header } };
}

describe('the API process', () => {
  test('says where it listens, lets the admin key in and is ready', async () => {
    const { said, url, errors } = await startProcess({ TEMPORAL_NAMESPACE: await takeNamespace() });
    expect(JSON.parse(String(said))).toEqual({ ready: 'api', url });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const headers = { authorization: `Bearer ${adminKey}` };
    expect((await fetch(`${url}/v1/payouts?parked=private`, { headers })).status).toBe(400);
    expect((await fetch(`${url}/v1/operations`)).status).toBe(401);
    const ready = await until('every part answers', async () => {
      const answer = await fetch(`${url}/ready`);
      return answer.status === 200 && answer;
    });
    expect(ready.headers.get('keep-alive')).toBe('timeout=75');
    await until('the requests were logged', () => errors.length >= 3);
    const log = errors.join('\n');
    expect(JSON.parse(errors[0] ?? '')).toMatchObject({
      event: 'request',
      route: '/v1/payouts',
      status: 400,
      problem: 'invalid-request',
    });
    expect(log).not.toContain(adminKey);
    expect(log).not.toContain('private');
  });

  test('ends the old admin key with the first start that has a new one, and for good', async () => {
    const first = await startProcess();
    const { databaseUrl } = first;
    const start = (key: string) => startProcess({ DATABASE_URL: databaseUrl, ADMIN_API_KEY: key });
    const status = async (key: string) => {
      const headers = { authorization: `Bearer ${key}` };
      return (await fetch(`${first.url}/v1/operations`, { headers })).status;
    };
    const next = 'next-admin-key-of-the-process';
    expect([await status(adminKey), await status(next)]).toEqual([200, 401]);
    await start(next);
    await until('the old process refuses the old key', async () => {
      return (await status(adminKey)) === 401 && (await status(next)) === 200;
    });
    // A process whose variable still has the old value starts again.
    const late = await start(adminKey);
    await until('it says that nobody can use its key', () => {
      return late.errors.some((line) => line.includes('admin-key-refused'));
    });
    expect(late.errors.join('\n')).not.toContain(adminKey);
    expect([await status(adminKey), await status(next)]).toEqual([401, 200]);
  });

  test('keeps events while Temporal is away, and says that it is', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const { url, databaseUrl } = await startProcess({ TEMPORAL_ADDRESS: nobody });
    expect((await fetch(`${url}/webhooks/stripe`, event('evt_1'))).status).toBe(200);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ parts: { database: 'up', temporal: 'down' } });
    await withClient(databaseUrl, async (database) => {
      const { rows } = await database.query('select event_id from inbox');
      expect(rows).toEqual([{ event_id: 'evt_1' }]);
    });
  });

  test.each(['content-length: 100', 'transfer-encoding: chunked'])(
    'a caller that goes away in the middle of a body is no trouble of ours: %s',
    async (length) => {
      const { url, errors } = await startProcess();
      const { hostname, port } = new URL(url);
      const socket = connectTo(Number(port), hostname);
      const type = 'content-type: application/json';
      const head = `POST /v1/sellers HTTP/1.1\r\nhost: x\r\n${length}\r\n${type}`;
      const bearer = `authorization: Bearer ${adminKey}`;
      socket.write(`${head}\r\n${bearer}\r\nidempotency-key: k\r\n\r\n5\r\n{"a":`);
      await once(socket, 'connect');
      const headers = { authorization: `Bearer ${adminKey}` };
      await fetch(`${url}/v1/payouts`, { headers }); // by now the request is being read
      socket.destroy();
      await until('the request was logged', () => errors.some((line) => line.includes('POST')));
      const lines = errors.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.find(({ method }) => method === 'POST')).toMatchObject({ status: 400 });
      expect(lines.filter(({ event: name }) => name === 'fault')).toEqual([]);
    },
  );

  test('asked to end, finishes what it has begun and takes nothing new', async () => {
    const { url, child, ended, databaseUrl } = await startProcess();
    await withClient(databaseUrl, async (other) => {
      await other.query('begin; lock table inbox in exclusive mode');
      const answering = fetch(`${url}/webhooks/stripe`, event('evt_1'));
      await until('the event waits to be stored', async () => {
        return (await other.query(waitingHere)).rows.length > 0;
      });
      child.kill('SIGTERM');
      await until('nobody new is let in', () =>
        fetch(`${url}/health`).then(
          () => false,
          () => true,
        ),
      );
      await other.query('commit');
      expect((await answering).status).toBe(200);
      expect(await ended).toBe(0);
      expect((await other.query('select event_id from inbox')).rows).toHaveLength(1);
    });
  });

  test.each([
    [{ TEMPORAL_NAMESPACE: 'other' }, 'Temporal namespace is other, not default'],
    [{ STRIPE_API_BASE: '' }, 'is stripe, not sandbox'],
  ])('does not start on the database of another installation: %j', async (given, words) => {
    const databaseUrl = await createTestDatabase();
    const db = connect(databaseUrl, { connections: 1 });
    await recordInstallation(db, {
      stripeAccount: 'acct_platform',
      livemode: false,
      stripeIs: 'sandbox',
      platformCountry: 'US',
      temporalNamespace: 'default',
    });
    await db.destroy();
    const { said, errors } = await startProcess({ DATABASE_URL: databaseUrl, ...given });
    expect(said).toBe(1);
    expect(errors.join('\n')).toContain(words);
  });

  test('names a setting that is wrong', async () => {
    const { said, errors } = await startProcess({ STRIPE_SECRET_KEY: 'nonsense' });
    expect(said).toBe(1);
    expect(errors.join('\n')).toContain('STRIPE_SECRET_KEY');
    expect(errors.join('\n')).not.toContain('nonsense');
  });
});
