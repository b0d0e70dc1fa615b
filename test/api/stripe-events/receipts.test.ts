import { sql } from 'kysely';
import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { recordEvents } from '../../../db/stripe-events/inbox.ts';
import { until } from '../../../dev/wait.ts';
import { createTestApp, insertSeller } from '../plumbing.ts';

/** What `/ready` says about event destinations that do not work. */
const secret = 'whsec_of_the_tests';
const stripe = { webhookSecrets: [secret], livemode: false };
type Ready = { failedChecks: { name: string; remedy: string }[] };

function sent(event: object, by: string, ageSeconds = 0): RequestInit {
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: by, timestamp });
  return { method: 'POST', body: payload, headers: { 'stripe-signature': header } };
}

async function startReceiver() {
  const { app, db } = await createTestApp({ stripe });
  const sellerId = await insertSeller(db);
  await db.updateTable('sellers').set({ stripe_account: 'acct_ours' }).execute();
  let number = 0;
  return {
    db,
    sellerId,
    event: (of: object = {}) => ({
      id: `evt_${(number += 1)}`,
      object: 'event',
      type: 'payout.paid',
      account: 'acct_ours',
      livemode: false,
      data: { object: { id: 'po_1', object: 'payout' } },
      ...of,
    }),
    send: async (...requests: RequestInit[]) => {
      for (const request of requests) await app.request('/webhooks/stripe', request);
    },
    /** Waits until this many refusals are counted, whatever they claim. */
    counted: (count: number) =>
      until('the refusals are counted', async () => {
        const rows = await db.selectFrom('refused_webhooks').select('count').execute();
        return rows.reduce((sum, row) => sum + row.count, 0) === count;
      }),
    async webhooksCheck(): Promise<string | undefined> {
      const ready = (await (await app.request('/ready')).json()) as Ready;
      return ready.failedChecks.find(({ name }) => name === 'webhooks')?.remedy;
    },
  };
}

test('a destination whose events are refused is named, until its next event is accepted', async () => {
  const at = await startReceiver();
  const refused = () => sent(at.event(), 'whsec_of_before');
  await at.send(refused(), refused());
  await at.counted(2);
  expect(await at.webhooksCheck()).toBeUndefined();
  await at.send(refused());
  await at.counted(3);
  const told = await at.webhooksCheck();
  expect(told).toContain("events of sellers' accounts is refused (webhook-signature): 3 events");
  expect(told).toContain('STRIPE_WEBHOOK_SECRETS');
  await at.send(sent(at.event({ account: undefined }), secret));
  expect(await at.webhooksCheck()).toContain("events of sellers' accounts");
  await at.send(sent(at.event(), secret));
  await until('the check passes', async () => (await at.webhooksCheck()) === undefined);
});

test('events that are too old name the clock', async () => {
  const at = await startReceiver();
  const old = () => sent(at.event(), secret, 310);
  await at.send(old(), old(), old());
  await at.counted(3);
  expect(await at.webhooksCheck()).toContain('(webhook-too-old): 3 events');
});

test('garbage from the internet is counted and fails no check', async () => {
  const at = await startReceiver();
  const strangers = Array.from({ length: 5 }, () =>
    sent(at.event({ account: 'acct_stranger' }), 'whsec_guessed'),
  );
  const unsigned = Array.from({ length: 5 }, () => ({ method: 'POST', body: '{}' }));
  const replayed = Array.from({ length: 5 }, () => sent(at.event(), 'whsec_guessed', 4000));
  await at.send(...strangers, ...unsigned, ...replayed);
  await at.counted(15);
  expect(await at.webhooksCheck()).toBeUndefined();
});

test('refusals that ended a day ago fail no check', async () => {
  const at = await startReceiver();
  const refused = () => sent(at.event(), 'whsec_of_before');
  await at.send(refused(), refused(), refused());
  await at.counted(3);
  const ago = sql<string>`now() - interval '25 hours'`;
  await at.db.updateTable('webhook_destinations').set({ refused_last_at: ago }).execute();
  expect(await at.webhooksCheck()).toBeUndefined();
});

test('a destination is silent if the sweep finds its events and none arrives', async () => {
  const at = await startReceiver();
  await at.send(sent(at.event({ account: undefined, type: 'balance.available' }), secret));
  await until('the event is recorded', async () => {
    const rows = await at.db.selectFrom('webhook_destinations').select('role').execute();
    return rows.length === 1;
  });
  const found = { eventId: 'evt_swept', type: 'balance.available', account: null, objectId: null };
  await recordEvents(at.db, [found], 'sweep');
  expect(await at.webhooksCheck()).toBeUndefined();
  const earlier = (minutes: number) => sql<string>`now() - ${minutes} * interval '1 minute'`;
  await at.db
    .updateTable('inbox')
    .set({ received_at: earlier(31) })
    .where('via', '=', 'sweep')
    .execute();
  expect(await at.webhooksCheck()).toBeUndefined();
  await at.db
    .updateTable('webhook_destinations')
    .set({ accepted_at: earlier(40) })
    .execute();
  expect(await at.webhooksCheck()).toContain("the platform's own events is silent");
});
