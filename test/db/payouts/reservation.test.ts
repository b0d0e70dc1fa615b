import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordEntries } from '../../../db/ledger.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { reserveEntries } from '../../../domain/ledger.ts';
import { minor } from '../../../domain/money.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(24);
});
const soon = '2040-01-01T00:00:00.000Z';

describe('a reservation', () => {
  test('sets aside what is payable, and run twice sets it aside once', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    await money.earn(sellerId, 50_00, { availableOn: soon });
    await money.earn(sellerId, 25_00, { charge: 'ch_1' });
    const payoutId = await money.order(sellerId);
    // Its workflow may run before the row says that it was started.
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => reservePayout(money.db, payoutId)),
    );
    expect(first).toMatchObject({ status: 'reserved', fromPlatform: 100_00, othersWait: false });
    for (const other of others) expect({ ...other, now: '' }).toEqual({ ...first, now: '' });
    expect(await money.entriesOf(payoutId)).toEqual(['reserve 10000 platform>platform-reserved']);
    expect(await money.balances(sellerId)).toEqual({
      owed: -175_00,
      platform: 75_00,
      'platform-reserved': 100_00,
    });
  });

  test('takes the oldest earnings first, the last of them in part', async () => {
    const sellerId = await money.seller();
    const old = await money.earn(sellerId, 10_00, { availableOn: '2020-01-01T00:00:00.000Z' });
    const recent = await money.earn(sellerId, 10_00, { availableOn: '2021-01-01T00:00:00.000Z' });
    const payoutId = await money.order(sellerId, 15_00);
    const { earnings } = await reservePayout(money.db, payoutId);
    expect(await itemsOf(payoutId)).toEqual({ [old]: 10_00, [recent]: 5_00 });
    const taken = [
      { earningId: old, amount: 10_00 },
      { earningId: recent, amount: 5_00 },
    ].toSorted((one, other) => (one.earningId < other.earningId ? -1 : 1));
    expect(earnings).toEqual({ count: 2, first: taken });
  });

  test('takes from the account first what came back there', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    await comeBack(sellerId);
    await money.earn(sellerId, 20_00);
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({
      status: 'reserved',
      fromAccount: 100_00,
      fromPlatform: 20_00,
    });
  });

  test('of money that is all at the account needs no transfer', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    await comeBack(sellerId);
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'transferred' });
  });

  test('of two payouts at once goes to one; the other waits, then sees what is left', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    const payouts = [await money.order(sellerId, 60_00), await money.order(sellerId, 60_00)];
    const rows = await Promise.all(payouts.map((payoutId) => reservePayout(money.db, payoutId)));
    const first = rows.find(({ status }) => status === 'reserved');
    const second = rows.find(({ status }) => status === 'requested');
    if (!first || !second) throw new Error(`both or none: ${JSON.stringify(rows)}`);
    expect(second).toMatchObject({ waitingFor: 'another-payout', fromPlatform: 0 });
    await money.transfer(first.payoutId);
    await money.sendOff(first.payoutId);
    expect(await reservePayout(money.db, second.payoutId)).toMatchObject({ status: 'skipped' });
    expect(await money.balances(sellerId)).toMatchObject({ platform: 40_00, 'in-transit': 60_00 });
  });

  test('of twenty payouts of one seller at once is one reservation', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 1000_00);
    const payouts = await Promise.all(
      Array.from({ length: 20 }, () => money.order(sellerId, 50_00)),
    );
    const rows = await Promise.all(payouts.map((payoutId) => reservePayout(money.db, payoutId)));
    expect(rows.filter(({ status }) => status === 'reserved')).toHaveLength(1);
    expect(rows.filter(({ waitingFor }) => waitingFor === 'another-payout')).toHaveLength(19);
    expect(await money.balances(sellerId)).toMatchObject({ 'platform-reserved': 50_00 });
  });

  test('beside an account below zero takes nothing', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 50_00);
    const hole = {
      event_key: `test/${sellerId}`,
      kind: 'refund' as const,
      seller_id: sellerId,
      currency: 'eur',
      from_place: 'account' as const,
      to_place: 'owed' as const,
      amount: 5_00,
    };
    await money.db.insertInto('ledger_entries').values(hole).execute();
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'skipped' });
    expect(await money.balances(sellerId)).toMatchObject({ platform: 50_00, account: -5_00 });
  });

  test('in one currency does not wait for another', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    await money.earn(sellerId, 5000, { currency: 'jpy' });
    await money.bank(sellerId, 'jpy');
    const euros = await money.order(sellerId);
    const yen = await money.order(sellerId, null, 'jpy');
    await reservePayout(money.db, euros);
    expect(await reservePayout(money.db, yen)).toMatchObject({
      status: 'reserved',
      fromPlatform: 5000,
    });
  });

  test('of a seller who cannot be paid waits', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    const payoutId = await money.order(sellerId);
    await setStatus(sellerId, 'restricted');
    expect(await reservePayout(money.db, payoutId)).toMatchObject({
      status: 'requested',
      waitingFor: 'seller-not-active',
    });
    await setStatus(sellerId, 'active');
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'reserved' });
  });

  test('that takes nothing lets the payout behind it start', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 10_00);
    const tooMuch = await money.order(sellerId, 50_00);
    const behind = await money.order(sellerId);
    await money.forgetWakeUps();
    expect(await reservePayout(money.db, tooMuch)).toMatchObject({ status: 'skipped' });
    expect(await money.wakeUps()).toEqual({ [`seller/${sellerId}`]: ['payouts'] });
    expect(await reservePayout(money.db, behind)).toMatchObject({ status: 'reserved' });
  });
});

describe('the database refuses', () => {
  test('to set aside what is not there', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 10_00);
    const payoutId = await money.order(sellerId);
    const beyond = { payoutId, sellerId, currency: 'eur', fromAccount: minor(0) };
    await expect(
      recordEntries(money.db, reserveEntries({ ...beyond, fromPlatform: minor(10_01) })),
    ).rejects.toThrow(/beyond what is there/);
    await expect(
      recordEntries(
        money.db,
        reserveEntries({ ...beyond, fromPlatform: minor(0), fromAccount: minor(1) }),
      ),
    ).rejects.toThrow(/beyond what is there/);
    expect(await money.balances(sellerId)).toEqual({ owed: -10_00, platform: 10_00 });
  });

  test.each([
    ['changed', 'update ledger_entries set amount = amount + 1'],
    ['deleted', 'delete from ledger_entries'],
    ['truncated', 'truncate ledger_entries'],
  ])('a ledger entry that is %s', async (_how, statement) => {
    await money.earn(await money.seller(), 10_00);
    await expect(sql.raw(statement).execute(money.db)).rejects.toThrow(/append-only/);
  });

  test('an entry of the same event twice', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 10_00);
    const again = sql`
      insert into ledger_entries (event_key, kind, seller_id, currency, from_place, to_place, amount)
      select event_key, kind, seller_id, currency, from_place, to_place, amount
      from ledger_entries where seller_id = ${sellerId}
    `;
    await expect(again.execute(money.db)).rejects.toThrow(/unique/);
    expect(await money.balances(sellerId)).toEqual({ owed: -10_00, platform: 10_00 });
  });

  test.each(['transfer_id', 'stripe_payout_id'] as const)(
    'the same transfer or payout of Stripe for two of ours: %s',
    async (column) => {
      const sellerId = await money.seller();
      const orders = [await money.order(sellerId), await money.order(sellerId)];
      const name = (id: string) =>
        sql`update payouts set ${sql.ref(column)} = 'made_once' where id = ${id}`.execute(money.db);
      await name(orders[0] ?? '');
      await expect(name(orders[1] ?? '')).rejects.toThrow(/unique/);
    },
  );

  test('a second payout of a seller in flight', async () => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 10_00);
    await reservePayout(money.db, await money.order(sellerId, 5_00));
    const second = await money.order(sellerId, 5_00);
    await expect(
      money.db
        .updateTable('payouts')
        .set({ status: 'reserved' })
        .where('id', '=', second)
        .execute(),
    ).rejects.toThrow(/one_payout_in_flight/);
  });

  test.each(['platform-reserved', 'account-reserved', 'in-transit', 'bank'] as const)(
    'to take from %s what was never there',
    async (place) => {
      const sellerId = await money.seller();
      const entry = {
        event_key: `test/${place}`,
        kind: 'paid' as const,
        seller_id: sellerId,
        currency: 'eur',
        from_place: place,
        to_place: 'platform' as const,
        amount: 1,
      };
      await expect(money.db.insertInto('ledger_entries').values(entry).execute()).rejects.toThrow(
        /money_is_where_it_is_taken_from/,
      );
    },
  );
});

async function comeBack(sellerId: Parameters<MoneyDatabase['sent']>[0]): Promise<void> {
  const payout = await readPayout(money.db, await money.sent(sellerId));
  const stripePayoutId = payout.stripePayoutId ?? 'po_none';
  await recordReturn(
    money.db,
    { ...payout, stripePayoutId },
    { status: 'failed', failureCode: null },
  );
}

async function itemsOf(payoutId: string): Promise<Record<string, number>> {
  const rows = await money.db
    .selectFrom('payout_items')
    .select(['earning_id', 'amount'])
    .where('payout_id', '=', payoutId as 'payout_')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.earning_id, row.amount]));
}

async function setStatus(sellerId: string, status: 'active' | 'restricted'): Promise<void> {
  await money.db
    .updateTable('sellers')
    .set({ status })
    .where('id', '=', sellerId as 'sel_')
    .execute();
}
