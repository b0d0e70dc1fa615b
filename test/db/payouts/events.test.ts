import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameActor } from '../../../db/commands.ts';
import type { Tx } from '../../../db/connect.ts';
import { cancelPayout, recordCancelAnswer } from '../../../db/payouts/cancellations.ts';
import { retryRefused } from '../../../db/payouts/commands.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import * as steps from '../../../db/payouts/steps.ts';
import { parkPayout, recordWait } from '../../../db/payouts/steps.ts';
import { endPaidElsewhere } from '../../../db/reconciliation/paid-elsewhere.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { adoptAll } from '../../../db/recovery/adoptions.ts';
import { recordUnknownMade } from '../../../db/recovery/comparison.ts';
import { eventTypes } from '../../../domain/events.ts';
import { newId, type PayoutId } from '../../../domain/ids.ts';
import { act, type Case, expectTold } from '../../build/event-cases.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

const by = 'key_of_the_tests';
const inTx = <T>(run: (tx: Tx) => Promise<T>) => money.db.transaction().execute(run);
const amount = 100_00;
const eur = { amount, currency: 'eur' };
const read = (payoutId: PayoutId) => readPayout(money.db, payoutId);

/** A payout of a seller's 100.00, as far as asked; answers with its id. */
async function payout(until: 'requested' | 'reserved' | 'transferred' | 'sent' | 'paid') {
  const sellerId = await money.seller();
  await money.earn(sellerId, amount);
  const payoutId = await money.order(sellerId);
  const stages = ['requested', 'reserved', 'transferred', 'sent', 'paid'];
  const last = stages.indexOf(until);
  if (last > 0) await reservePayout(money.db, payoutId);
  if (last > 1) await money.transfer(payoutId);
  if (last > 2) await money.sendOff(payoutId);
  if (last > 3) await steps.recordPaid(money.db, await sent(payoutId), 10);
  return payoutId;
}

async function sent(payoutId: PayoutId) {
  return { ...(await read(payoutId)), stripePayoutId: `po_${payoutId.slice(7)}` as const };
}

async function comesBack(payoutId: PayoutId, status: 'failed' | 'canceled' = 'failed') {
  const failureCode = status === 'failed' ? 'no_account' : null;
  await recordReturn(money.db, await sent(payoutId), { status, failureCode });
  return payoutId;
}

const parked = async () => {
  const payoutId = await payout('reserved');
  await parkPayout(money.db, await read(payoutId), 'refused-by-stripe', 'free text');
  return payoutId;
};
const cancel = (payoutId: PayoutId) => inTx((tx) => cancelPayout(tx, payoutId, by));

const paidElsewhere = (payoutId: PayoutId) =>
  inTx(async (tx) => {
    await nameActor(tx, by);
    const how = { proof: 'free text' };
    return endPaidElsewhere(tx, payoutId, { by, reason: 'free text', how });
  });

/** Stripe made these under the name of a payout, and nobody here knows of them. */
async function adopt(payoutId: PayoutId, ...steps: ('transfer' | 'payout')[]) {
  const named = await money.db
    .selectFrom('payouts')
    .select('seller_id')
    .where('id', '=', payoutId)
    .executeTakeFirst();
  const sellerId = named?.seller_id ?? (await money.seller());
  const made = steps.map((step) => ({
    stripeId: `${step === 'transfer' ? 'tr' : 'po'}_${payoutId.slice(7)}`,
    step,
    payoutId,
    stripeAccount: `acct_${sellerId.slice(4)}` as const,
    ...eur,
    createdAt: '2026-11-01T00:00:00.000Z',
  }));
  await recordUnknownMade(money.db, made);
  await inTx(async (tx) => {
    await nameActor(tx, by);
    await adoptAll(tx, { by, reason: 'free text' });
  });
  return payoutId;
}

const cases: Case[] = [
  [
    'payout.requested',
    { previousStatus: null, status: 'requested', reason: null, money: null },
    async () => payout('requested'),
  ],
  [
    'payout.adopted',
    { previousStatus: null, status: null, reason: null, actor: by, money: eur },
    async () => adopt(newId('payout'), 'transfer', 'payout'),
  ],
  [
    'payout.waiting',
    { status: 'reserved', reason: 'platform-balance', actor: 'engine', money: eur },
    async () =>
      act(await payout('reserved'), async (id) =>
        recordWait(money.db, await read(id), { reason: 'platform-balance', minutes: 60 }),
      ),
  ],
  [
    'payout.reserved',
    { previousStatus: 'requested', status: 'reserved', actor: 'engine', money: eur },
    async () => payout('reserved'),
  ],
  [
    'payout.transferred',
    { previousStatus: 'reserved', status: 'transferred', money: eur },
    async () => payout('transferred'),
  ],
  [
    'payout.outcome_unknown',
    { reason: 'transfer', status: 'reserved' },
    async () =>
      act(await payout('reserved'), async (id) =>
        steps.recordNotFound(money.db, await read(id), 'transfer'),
      ),
  ],
  ['payout.parked', { reason: 'refused-by-stripe', status: 'reserved' }, async () => parked()],
  [
    'payout.unparked',
    { reason: 'refused-by-stripe', status: 'reserved' },
    async () => act(await parked(), (id) => inTx((tx) => retryRefused(tx, id))),
  ],
  [
    'payout.sent',
    { previousStatus: 'transferred', status: 'sent', actor: 'engine', money: eur },
    async () => payout('sent'),
  ],
  [
    'payout.cancel_ordered',
    { status: 'sent', actor: by, money: eur },
    async () => act(await payout('sent'), cancel),
  ],
  [
    'payout.not_canceled',
    { status: 'sent', reason: 'refused', actor: 'stripe' },
    async () =>
      act(await payout('sent'), cancel, async (id) =>
        recordCancelAnswer(money.db, await read(id), 'refused'),
      ),
  ],
  [
    'payout.paid',
    { previousStatus: 'sent', status: 'paid', actor: 'stripe', money: eur },
    async () => payout('paid'),
  ],
  [
    'payout.settled',
    { previousStatus: 'paid', status: 'settled', actor: 'engine', money: eur },
    async () =>
      act(await payout('paid'), async (id) => steps.recordSettled(money.db, await read(id))),
  ],
  [
    'payout.failed',
    { previousStatus: 'sent', reason: 'no_account', actor: 'stripe', money: eur },
    async () => comesBack(await payout('sent')),
  ],
  [
    'payout.returned',
    { previousStatus: 'paid', reason: 'no_account', actor: 'stripe', money: eur },
    async () => comesBack(await payout('paid')),
  ],
  [
    'payout.canceled',
    { previousStatus: 'reserved', status: 'canceled', actor: by, money: eur },
    async () => act(await payout('reserved'), cancel),
  ],
  [
    'payout.skipped',
    { status: 'skipped', reason: 'nothing-payable', actor: 'engine', money: null },
    async () => act(await money.order(await money.seller()), (id) => reservePayout(money.db, id)),
  ],
  [
    'payout.paid_elsewhere',
    { previousStatus: 'reserved', status: 'paid-elsewhere', actor: by, money: eur },
    async () => act(await payout('reserved'), paidElsewhere),
  ],
];

test.each(cases)('%s is told when it happens', async (type, told, happens) => {
  await expectTold(money, await happens(), { type, told });
});

test('every type of a payout comes about here', () => {
  const told = new Set(cases.map(([type]) => type));
  expect(told).toEqual(new Set(eventTypes.filter((type) => type.startsWith('payout.'))));
});

test.each<[was: 'lost' | 'requested' | 'reserved', made: string, told: string, why: string]>([
  ['lost', 'transfer payout', 'sent adopted', 'it is on its way'],
  ['lost', 'transfer', 'canceled adopted', 'its money is at the account, for the next one'],
  ['requested', 'transfer payout', 'sent adopted', 'it was set aside after the backup'],
  ['reserved', 'transfer', 'outcome_unknown transfer', 'Stripe is read before anything is sent'],
])(
  'a payout that was %s and of which Stripe made %s tells it is adopted, then %s',
  async (...row) => {
    const [was, made, told] = row;
    const payoutId = was === 'lost' ? newId('payout') : await payout(was);
    await adopt(payoutId, ...(made.split(' ') as ('transfer' | 'payout')[]));
    const events = await money.db
      .selectFrom('events')
      .select(['type', 'data'])
      .where('object_id', '=', payoutId)
      .orderBy('sequence', 'desc')
      .limit(2)
      .execute();
    const [type = '', reason] = told.split(' ');
    expect(events).toMatchObject([
      { type: `payout.${type}`, data: { reason, actor: by, money: eur } },
      { type: 'payout.adopted', data: { actor: by } },
    ]);
  },
);

test('an ordinary life tells each status once, and who ordered it', async () => {
  const payoutId = await payout('paid');
  await steps.recordSettled(money.db, await read(payoutId));
  const events = await money.db
    .selectFrom('events')
    .select(['type', 'seller_id', 'data'])
    .where('object_id', '=', payoutId)
    .orderBy('sequence')
    .execute();
  const life = ['requested', 'reserved', 'transferred', 'sent', 'paid', 'settled'];
  expect(events.map(({ type }) => type)).toEqual(life.map((status) => `payout.${status}`));
  expect(events.map(({ data }) => data.previousStatus)).toEqual([null, ...life.slice(0, -1)]);
  const { sellerId } = await read(payoutId);
  expect(events.map(({ seller_id }) => seller_id)).toEqual(life.map(() => sellerId));
  const { id } = await money.db.selectFrom('api_keys').select('id').executeTakeFirstOrThrow();
  expect(events[0]?.data.actor).toBe(id);
});

test.each<[orderedBy: string, actor: string, reason: string | null, why: string]>([
  // ordered by, actor, reason, why
  ['schedule', 'schedule', 'schedule', 'a payday'],
  ['threshold', 'schedule', 'threshold', 'so much was payable'],
  ['new-details', 'engine', 'new-details', 'the bank account is another'],
  ['account-short', 'engine', 'account-short', 'somebody else took the money'],
  ['after-adoption', 'engine', 'after-adoption', 'an adoption ended the payout of this payday'],
  ['key_x', 'key_x', null, 'an order by the API'],
])('a payout ordered by %s names %s and %s: %s', async (orderedBy, actor, reason) => {
  const payoutId = await payout('requested');
  await sql`
    insert into payouts (id, seller_id, currency, requested_amount, ordered_by)
    select id || ${`_${orderedBy}`}, seller_id, currency, 500, ${orderedBy} from payouts
    where id = ${payoutId}
  `.execute(money.db);
  const told = { actor, reason, money: { amount: 500, currency: 'eur' } };
  await expectTold(money, `${payoutId}_${orderedBy}`, { type: 'payout.requested', told });
});

test('the database knows the catalogue and takes nothing else', async () => {
  const { rows } = await sql<{ rule: string }>`
    select pg_get_constraintdef(oid) as rule from pg_constraint
    where conname = 'events_of_the_catalogue'
  `.execute(money.db);
  const known = [...(rows[0]?.rule ?? '').matchAll(/'([\w.]+)'::text/g)].map(([, type]) => type);
  expect(new Set(known)).toEqual(new Set(eventTypes));
});
