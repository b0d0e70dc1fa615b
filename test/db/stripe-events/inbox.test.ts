import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { recordAccountRead, recordPayoutsManual } from '../../../db/accounts/reads.ts';
import { wakeOverdue } from '../../../db/overdue.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout, recordPaid, recordSent, recordWait } from '../../../db/payouts/steps.ts';
import { recordEvents } from '../../../db/stripe-events/inbox.ts';
import { listWakeUps, removeWakeUps } from '../../../db/wake-ups.ts';
import type { SellerId } from '../../../domain/ids.ts';
import type { WaitReason } from '../../../domain/waits.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeEach(async () => {
  money = await startMoneyDatabase(8);
});
const all = { limit: 100, olderThanSeconds: 0 };

/** A payout that waits for something. */
async function waitingFor(reason: WaitReason, account: `acct_${string}`) {
  const sellerId = await money.seller({ account });
  await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  const row = await reservePayout(money.db, payoutId);
  await recordWait(money.db, row, { reason, minutes: 60 });
  await money.forgetWakeUps();
  return { sellerId, payoutId };
}

describe('an event', () => {
  test('that comes twice wakes once', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    await money.earn(sellerId, 100_00);
    const payoutId = await money.sent(sellerId);
    await money.forgetWakeUps();
    const objectId = `po_${payoutId.slice(7)}`;
    const event = { eventId: 'evt_1', type: 'payout.paid', account: 'acct_1', objectId };
    await recordEvents(money.db, [event, event], 'webhook');
    expect(await money.wakeUps()).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
    await money.forgetWakeUps();
    await recordEvents(money.db, [event], 'sweep');
    expect(await money.wakeUps()).toEqual({});
  });

  test('that is stored in the very moment in which its payout is sent wakes it at the next sweep', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    await money.earn(sellerId, 100_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    const payout = await money.transfer(payoutId);
    const key = await money.send(payoutId, 'payout');
    const event = { eventId: 'evt_1', type: 'payout.paid', account: 'acct_1', objectId: 'po_1' };
    const followAt = '2040-01-01T00:00:00.000Z';
    await money.db.transaction().execute(async (tx) => {
      await recordSent(tx, { payout, key, stripePayoutId: 'po_1', bankExpectedOn: null, followAt });
      await recordEvents(money.db, [event], 'webhook');
    });
    // Neither of the two could see the other.
    expect(await readPayout(money.db, payoutId)).toMatchObject({ lookAgainAt: followAt });
    await money.forgetWakeUps();
    await wakeOverdue(money.db, 2);
    expect(await money.wakeUps()).toEqual({ [`payout/${payoutId}`]: ['deadline'] });
    await recordPaid(money.db, { ...payout, stripePayoutId: 'po_1' }, 10);
    await money.forgetWakeUps();
    await wakeOverdue(money.db, 2);
    expect(await money.wakeUps()).toEqual({});
  });

  test('that comes by ten messengers at once is stored once and wakes once', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    await money.forgetWakeUps();
    const event = { eventId: 'evt_1', type: 'account.updated', account: 'acct_1', objectId: null };
    await Promise.all(Array.from({ length: 10 }, () => recordEvents(money.db, [event], 'webhook')));
    expect(await listWakeUps(money.db, all)).toMatchObject([
      { workflowId: `seller/${sellerId}`, topics: ['account'] },
    ]);
    expect(await money.db.selectFrom('inbox').select('event_id').execute()).toHaveLength(1);
  });

  test('about money that became available wakes those who wait for that money', async () => {
    const platform = await waitingFor('platform-balance', 'acct_1');
    const account = await waitingFor('account-balance', 'acct_2');
    await waitingFor('account-balance', 'acct_3');
    await waitingFor('bank-details', 'acct_4');
    const at = (eventId: string, account: string | null) => {
      return { eventId, type: 'balance.available', account, objectId: null };
    };
    await recordEvents(money.db, [at('evt_1', null)], 'webhook');
    expect(await money.wakeUps()).toEqual({ [`payout/${platform.payoutId}`]: ['payouts'] });
    await money.forgetWakeUps();
    await recordEvents(money.db, [at('evt_2', 'acct_2')], 'webhook');
    expect(await money.wakeUps()).toEqual({ [`payout/${account.payoutId}`]: ['payouts'] });
  });

  test('about an account that nobody has is only stored', async () => {
    await money.seller({ account: 'acct_1' });
    await money.forgetWakeUps();
    const event = { eventId: 'evt_1', type: 'account.updated', account: 'acct_9', objectId: null };
    await recordEvents(money.db, [event], 'webhook');
    expect(await money.wakeUps()).toEqual({});
    expect(await money.db.selectFrom('inbox').selectAll().execute()).toHaveLength(1);
  });

  test('about another reason adds its topics to the wake-up that waits', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    await money.order(sellerId);
    const event = { eventId: 'evt_1', type: 'account.updated', account: 'acct_1', objectId: null };
    await recordEvents(money.db, [event], 'webhook');
    expect(await money.wakeUps()).toEqual({ [`seller/${sellerId}`]: ['account', 'payouts'] });
  });
});

describe('an event about money at an account', () => {
  const at = (type: string, account: string, objectId: string) => {
    return { eventId: `evt_${type}_${objectId}`, type, account, objectId };
  };

  test('wakes its seller where it tells of a payout that is none of ours', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    for (const type of ['payout.created', 'payout.failed', 'payout.canceled']) {
      await money.forgetWakeUps();
      await recordEvents(money.db, [at(type, 'acct_1', 'po_foreign')], 'webhook');
      expect(await money.wakeUps(), type).toEqual({ [`seller/${sellerId}`]: ['money'] });
    }
    await money.forgetWakeUps();
    await recordEvents(money.db, [at('payout.paid', 'acct_1', 'po_foreign')], 'webhook');
    expect(await money.wakeUps()).toEqual({});
  });

  test('leaves its seller alone where the payout is ours, or may become ours', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    await money.earn(sellerId, 100_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    await money.transfer(payoutId);
    const objectId = `po_${payoutId.slice(7)}`;
    await money.forgetWakeUps();
    await recordEvents(money.db, [at('payout.created', 'acct_1', objectId)], 'webhook');
    expect(await money.wakeUps()).toEqual({});
    await money.sendOff(payoutId);
    await money.forgetWakeUps();
    const again = { ...at('payout.created', 'acct_1', objectId), eventId: 'evt_again' };
    await recordEvents(money.db, [again], 'webhook');
    expect(await money.wakeUps()).toEqual({});
    await recordEvents(money.db, [at('payout.failed', 'acct_1', objectId)], 'webhook');
    expect(await money.wakeUps()).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
  });

  test('wakes a payout that is expected at its bank on another day, and nobody else', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    await money.earn(sellerId, 100_00);
    const payoutId = await money.sent(sellerId);
    const tell = async (objectId: string, arrivalMoved: boolean) => {
      await money.forgetWakeUps();
      const event = at('payout.updated', 'acct_1', objectId);
      const eventId = `evt_${objectId}_${arrivalMoved}`;
      await recordEvents(money.db, [{ ...event, eventId, arrivalMoved }], 'webhook');
      return money.wakeUps();
    };
    const ours = `po_${payoutId.slice(7)}`;
    expect(await tell(ours, false)).toEqual({});
    expect(await tell(ours, true)).toEqual({ [`payout/${payoutId}`]: ['payouts'] });
    expect(await tell('po_foreign', true)).toEqual({});
  });

  test('wakes its seller for a charge where its books were not read for minutes', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    const read = (minutesAgo: number) =>
      sql`update sellers set movements_read_at
        = business_now() - ${minutesAgo} * interval '1 minute'`.execute(money.db);
    await read(4);
    await recordEvents(money.db, [at('charge.succeeded', 'acct_1', 'ch_1')], 'webhook');
    expect(await money.wakeUps()).toEqual({});
    await read(6);
    await recordEvents(money.db, [at('charge.succeeded', 'acct_1', 'ch_2')], 'webhook');
    expect(await money.wakeUps()).toEqual({ [`seller/${sellerId}`]: ['money'] });
  });
});

describe('events that come together', () => {
  test('are stored as they came and wake whom each would wake alone, again and again', async () => {
    const sellerId = await money.seller({ account: 'acct_1' });
    const waiting = await waitingFor('account-balance', 'acct_2');
    await money.earn(sellerId, 100_00);
    const payoutId = await money.sent(sellerId);
    const objectId = `po_${payoutId.slice(7)}`;
    const mixed = [
      { type: 'balance.available', account: 'acct_2', objectId: null },
      { type: 'payout.updated', account: 'acct_1', objectId },
      { type: 'payout.paid', account: 'acct_1', objectId },
      { type: 'account.updated', account: 'acct_1', objectId: 'acct_1' },
      { type: 'charge.succeeded', account: 'acct_1', objectId: 'ch_1' },
      { type: 'payout.created', account: 'acct_2', objectId: 'po_foreign' },
      { type: '{"x",\\', account: null, objectId: 'NULL' },
    ];
    // More often than PostgreSQL looks before it keeps a plan.
    for (let round = 0; round < 8; round += 1) {
      await money.forgetWakeUps();
      const events = mixed.map((event, n) => ({ ...event, eventId: `evt_${round}_${n}` }));
      await recordEvents(money.db, events, 'webhook');
      expect(await money.wakeUps()).toEqual({
        [`seller/${sellerId}`]: ['account', 'money'],
        [`seller/${waiting.sellerId}`]: ['money'],
        [`payout/${payoutId}`]: ['payouts'],
        [`payout/${waiting.payoutId}`]: ['payouts'],
      });
      const stored = await money.db
        .selectFrom('inbox')
        .select(['event_id as eventId', 'type', 'account', 'object_id as objectId'])
        .where('event_id', 'like', `evt\\_${round}\\_%`)
        .orderBy('event_id')
        .execute();
      expect(stored).toEqual(events);
    }
  });
});

describe('a wake-up', () => {
  test('for a reason that came after the first was told is not taken for the first', async () => {
    const sellerId = await money.seller();
    await money.order(sellerId);
    // Two messengers tell the same wake-up: the API, and the job that looks after it.
    const [byApi, byJob] = [await listWakeUps(money.db, all), await listWakeUps(money.db, all)];
    await removeWakeUps(money.db, byApi);
    await money.order(sellerId);
    await removeWakeUps(money.db, byJob);
    expect(await money.wakeUps()).toEqual({ [`seller/${sellerId}`]: ['payouts'] });
  });
});

describe('an account that was read', () => {
  const askedAt = new Date().toISOString();
  const active = { transfers: 'active', payouts: 'active', askedAt, bankCoolingHours: 0 };
  const restricted = { ...active, transfers: 'inactive' };
  const statusOf = (sellerId: SellerId) =>
    money.db
      .selectFrom('sellers')
      .select(['status', 'account_read_at'])
      .where('id', '=', sellerId)
      .executeTakeFirstOrThrow();

  test('as active lets what was refused because of it try again', async () => {
    const waiting = [];
    for (const reason of ['capability', 'bank-details'] as const) {
      waiting.push(await waitingFor(reason, `acct_${reason}`));
    }
    const elsewhere = await waitingFor('platform-balance', 'acct_elsewhere');
    for (const { sellerId } of [...waiting, elsewhere]) {
      await recordPayoutsManual(money.db, sellerId);
      await recordAccountRead(money.db, sellerId, active);
    }
    const woken = waiting.map(({ payoutId }) => [`payout/${payoutId}`, ['payouts']]);
    expect(await money.wakeUps()).toEqual(Object.fromEntries(woken));
  });

  test('as restricted lets nothing try, and is read again in a day', async () => {
    const { sellerId, payoutId } = await waitingFor('capability', 'acct_1');
    await recordAccountRead(money.db, sellerId, restricted);
    // Now the payouts are manual, and that says nothing about the transfers.
    await recordPayoutsManual(money.db, sellerId);
    expect(await money.wakeUps()).toEqual({});
    const { look_again_at, status } = await money.db
      .selectFrom('sellers')
      .select(['look_again_at', 'status'])
      .where('id', '=', sellerId)
      .executeTakeFirstOrThrow();
    expect([status, look_again_at !== null]).toEqual(['restricted', true]);
    expect((await readPayout(money.db, payoutId)).waitingFor).toBe('capability');
  });

  test('by somebody who had asked before changes nothing that is newer', async () => {
    const sellerId = await money.seller();
    await recordPayoutsManual(money.db, sellerId);
    await recordAccountRead(money.db, sellerId, restricted);
    const older = new Date(Date.parse(askedAt) - 1).toISOString();
    await recordAccountRead(money.db, sellerId, { ...active, askedAt: older });
    expect(await statusOf(sellerId)).toEqual({ status: 'restricted', account_read_at: askedAt });
    await recordAccountRead(money.db, sellerId, active);
    expect(await statusOf(sellerId)).toMatchObject({ status: 'active' });
  });

  test('moves nothing that is parked', async () => {
    const { sellerId, payoutId } = await waitingFor('capability', 'acct_1');
    await parkPayout(money.db, await readPayout(money.db, payoutId), 'refused-by-stripe');
    await recordPayoutsManual(money.db, sellerId);
    await recordAccountRead(money.db, sellerId, active);
    expect(await money.wakeUps()).toEqual({});
  });
});
