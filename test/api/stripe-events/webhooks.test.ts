import { Stripe } from 'stripe';
import { beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../dev/servers/postgres.ts';
import { until } from '../../../dev/wait.ts';
import {
  createTestApp,
  insertPayout,
  insertSeller,
  problemOf,
  readWakeUps,
  waitingHere,
} from '../plumbing.ts';

const secret = 'whsec_of_the_tests';
const older = 'whsec_before_rotation';
const stripe = { webhookSecrets: [older, secret], livemode: false };

const snapshot = {
  id: 'evt_1',
  object: 'event',
  type: 'payout.paid',
  account: 'acct_1',
  livemode: false,
  data: { object: { id: 'po_1', object: 'payout' } },
};

const thin = {
  id: 'evt_test_1',
  object: 'v2.core.event',
  type: 'v2.core.account[requirements].updated',
  livemode: false,
  related_object: { id: 'acct_1', type: 'v2.core.account', url: '/v2/core/accounts/acct_1' },
};

/** As Stripe sends it: signed `ageSeconds` ago. */
function sent(body: unknown, { by = secret, ageSeconds = 0, as = body }: Sent = {}): RequestInit {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const signed = typeof as === 'string' ? as : JSON.stringify(as);
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const header = Stripe.webhooks.generateTestHeaderString({
    payload: signed,
    secret: by,
    timestamp,
  });
  return { method: 'POST', body: payload, headers: { 'stripe-signature': header } };
}
type Sent = { by?: string; ageSeconds?: number; as?: unknown };

const url = '/webhooks/stripe';

describe('a request that is not to be believed', () => {
  let shared: Awaited<ReturnType<typeof createTestApp>>;
  beforeAll(async () => {
    shared = await createTestApp({ stripe });
  });
  const unsigned: RequestInit = { method: 'POST', body: JSON.stringify(snapshot) };
  test.each<[problem: string, why: string, request: RequestInit]>([
    ['400 webhook-signature', 'it carries no signature', unsigned],
    ['400 webhook-signature', 'another secret signed it', sent(snapshot, { by: 'whsec_other' })],
    ['400 webhook-signature', 'its body is not what was signed', sent(snapshot, { as: thin })],
    ['400 webhook-too-old', 'it could be a replay', sent(snapshot, { ageSeconds: 310 })],
    ['400 webhook-unreadable', 'it is no JSON', sent('{"id":')],
    ['400 webhook-unreadable', 'it is a list', sent([])],
    ['400 webhook-unreadable', 'it is no event', sent({ ...snapshot, object: 'charge' })],
    ['400 webhook-unreadable', 'it has no id', sent({ ...snapshot, id: undefined })],
    ['400 webhook-unreadable', 'its id cannot be stored', sent({ ...snapshot, id: 'evt_\0' })],
    ['400 webhook-unreadable', 'its id has no end', sent({ ...snapshot, id: 'e'.repeat(256) })],
    ['400 webhook-livemode', 'it tells of live money', sent({ ...snapshot, livemode: true })],
    ['413 body-too-large', 'nothing of Stripe is so large', sent('x'.repeat(1024 * 1024 + 1))],
  ])('is answered %s: %s', async (problem, _why, request) => {
    const { app, db, woken } = shared;
    expect(await problemOf(await app.request(url, request))).toBe(problem);
    expect(await db.selectFrom('inbox').selectAll().execute()).toEqual([]);
    expect(woken.times).toBe(0);
  });
});

test('an unreadable event names each field and its rule, and never a value', async () => {
  const { app } = await createTestApp({ stripe });
  const answer = await app.request(url, sent({ ...snapshot, id: undefined, livemode: 'secret' }));
  const { errors } = (await answer.json()) as { errors: object[] };
  expect(errors).toMatchObject([
    { in: 'body', pointer: '/id', rule: 'is required' },
    { in: 'body', pointer: '/livemode', rule: 'must be true or false' },
  ]);
});

test('a body that says it is too large is refused unread', async () => {
  const { app } = await createTestApp({ stripe });
  const request = sent(snapshot);
  const headers = new Headers(request.headers);
  headers.set('content-length', String(1024 * 1024 + 1));
  const answer = await app.request(url, { ...request, headers });
  expect(await problemOf(answer)).toBe('413 body-too-large');
});

describe('an event', () => {
  test('is kept by its ids alone, whichever of the secrets signed it', async () => {
    const { app, db } = await createTestApp({ stripe });
    const answer = await app.request(url, sent(snapshot, { by: older, ageSeconds: 290 }));
    expect(answer.status).toBe(200);
    expect(await db.selectFrom('inbox').selectAll().execute()).toEqual([
      {
        event_id: 'evt_1',
        type: 'payout.paid',
        account: 'acct_1',
        object_id: 'po_1',
        via: 'webhook',
        received_at: expect.any(String),
      },
    ]);
  });

  test('that comes twice, even at once, wakes once', async () => {
    const { app, db } = await createTestApp({ stripe });
    const payoutId = await sentPayout(db);
    await Promise.all([app.request(url, sent(snapshot)), app.request(url, sent(snapshot))]);
    const third = await app.request(url, sent(snapshot));
    expect(third.status).toBe(200);
    const wakeUps = await db.selectFrom('wake_ups').select(['workflow_id', 'version']).execute();
    expect(wakeUps).toEqual([{ workflow_id: `payout/${payoutId}`, version: 1 }]);
  });

  test.each([
    ['paid before failed', ['payout.paid', 'payout.failed']],
    ['failed before paid', ['payout.failed', 'payout.paid']],
  ])('wakes the same payout in any order: %s', async (_order, types) => {
    const { app, db } = await createTestApp({ stripe });
    const payoutId = await sentPayout(db);
    for (const type of types) {
      const answer = await app.request(url, sent({ ...snapshot, id: `evt_${type}`, type }));
      expect(answer.status).toBe(200);
    }
    expect(await readWakeUps(db)).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
  });

  test('that a payout was updated wakes it where the day of its arrival was another', async () => {
    const { app, db } = await createTestApp({ stripe });
    const payoutId = await sentPayout(db);
    const told = async (id: string, previous: object) => {
      const data = { ...snapshot.data, previous_attributes: previous };
      const updated = { ...snapshot, id, type: 'payout.updated', data };
      expect((await app.request(url, sent(updated))).status).toBe(200);
      return readWakeUps(db);
    };
    expect(await told('evt_1', { status: 'pending' })).toEqual({});
    const moved = { status: 'pending', arrival_date: 1_790_812_800 };
    expect(await told('evt_2', moved)).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
  });

  test('about something unknown is absorbed', async () => {
    const { app, db } = await createTestApp({ stripe });
    const balance = { object: { object: 'balance', available: [] } };
    const unknown = { ...snapshot, type: 'balance.available', account: undefined, data: balance };
    for (const event of [{ ...snapshot, id: 'evt_2' }, unknown]) {
      expect((await app.request(url, sent(event))).status).toBe(200);
    }
    expect(await readWakeUps(db)).toEqual({});
    expect(await db.selectFrom('inbox').select('event_id').execute()).toHaveLength(2);
  });

  test('of test mode is none of a live engine: taken, not kept', async () => {
    const { app, db, lines } = await createTestApp({ stripe: { ...stripe, livemode: true } });
    expect((await app.request(url, sent(snapshot))).status).toBe(200);
    expect(await db.selectFrom('inbox').selectAll().execute()).toEqual([]);
    expect(lines.map(({ event }) => event)).toContain('test-event-ignored');
  });
});

describe('a thin event', () => {
  test('about an account wakes the seller it belongs to', async () => {
    const { app, db } = await createTestApp({ stripe });
    const sellerId = await insertSeller(db, { account: 'acct_1' });
    expect((await app.request(url, sent(thin))).status).toBe(200);
    expect(await readWakeUps(db)).toEqual({ [`seller/${sellerId}`]: ['account'] });
  });

  test('about a payout wakes what the snapshot of the same name wakes', async () => {
    const { app, db } = await createTestApp({ stripe });
    const payoutId = await sentPayout(db);
    const related = { id: 'po_1', type: 'payout', url: '/v1/payouts/po_1' };
    const paid = { ...thin, type: 'v1.payout.paid', context: 'acct_1', related_object: related };
    expect((await app.request(url, sent(paid))).status).toBe(200);
    expect(await readWakeUps(db)).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
    const stored = await db.selectFrom('inbox').selectAll().executeTakeFirstOrThrow();
    expect(stored).toMatchObject({ type: 'payout.paid', account: 'acct_1', object_id: 'po_1' });
  });
});

describe('many events', () => {
  test('are stored by few statements, each answered, and told of once a statement', async () => {
    const { app, db, statements, woken } = await createTestApp({ stripe });
    statements.length = 0;
    const events = Array.from({ length: 200 }, (_, n) => ({ ...snapshot, id: `evt_${n}` }));
    const answers = await Promise.all(events.map(async (event) => app.request(url, sent(event))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const inserts = statements.filter((text) => text.includes('insert into inbox'));
    expect(inserts).toHaveLength(statements.length);
    expect(inserts.length).toBeLessThanOrEqual(20);
    expect(woken.times).toBe(inserts.length);
    expect(await db.selectFrom('inbox').select('event_id').execute()).toHaveLength(200);
  });

  test('are answered only when they stand', async () => {
    const { app, databaseUrl } = await createTestApp({ stripe });
    await withClient(databaseUrl, async (other) => {
      await other.query('begin; lock table inbox in exclusive mode');
      let isAnswered = false;
      const answering = Promise.resolve(app.request(url, sent(snapshot)));
      void answering.then(() => (isAnswered = true));
      await until('the statement waits', async () => {
        const { rows } = await other.query(waitingHere);
        return rows.length > 0;
      });
      expect(isAnswered).toBe(false);
      await other.query('commit');
      expect((await answering).status).toBe(200);
    });
  });

  test('are refused so that Stripe sends them again when they could not be stored', async () => {
    const { app, db } = await createTestApp({ stripe });
    await db.schema.alterTable('inbox').renameTo('inbox_gone').execute();
    expect(await problemOf(await app.request(url, sent(snapshot)))).toBe('500 internal');
    await db.schema.alterTable('inbox_gone').renameTo('inbox').execute();
    expect((await app.request(url, sent(snapshot))).status).toBe(200);
  });
});

async function sentPayout(db: Awaited<ReturnType<typeof createTestApp>>['db']) {
  const sellerId = await insertSeller(db, { account: 'acct_1' });
  return insertPayout(db, sellerId, { status: 'sent', stripe_payout_id: 'po_1' });
}
