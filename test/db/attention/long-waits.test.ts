import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listAttention, readAttentionGroups } from '../../../db/attention/waiting-for-people.ts';
import { wakeOverdue } from '../../../db/overdue.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { resolutionOf } from '../../../domain/attention/words.ts';
import { isStuck } from '../../../domain/explanations/temporal-ui/trouble.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import type { WaitReason } from '../../../domain/waits.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

/** Every wait ends, or a person is told. */
let money: MoneyDatabase;
let sellerId: SellerId;
let payoutId: PayoutId;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
beforeEach(async () => {
  sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  payoutId = await money.order(sellerId);
});
afterAll(() => money.db.destroy());

const days = 24 * hourMs;

/** After how many days a person is told of a wait. */
const told: Record<WaitReason, number> = {
  'seller-not-active': 30,
  'seller-paused': 30,
  hold: 30,
  'unordered-money': 7,
  'unread-account': 3,
  'another-payout': 7,
  'platform-balance': 3,
  'account-balance': 3,
  arrival: 30,
  capability: 30,
  'no-route': 7,
  'bank-details': 30,
  'cooling-period': 35,
  'automatic-payouts': 1,
  'stripe-limit': 2,
  'stripe-answer': 6 / 24,
  'stripe-key': 1 / 24,
  'money-stopped': 7,
  'outcome-look-up': 1,
  'look-at-stripe': 2,
  bank: 30,
  'late-return': 400,
};

/** The entries of the seller's own objects. Money that the platform lacks is an entry of its own. */
const listOwn = async () => {
  const listed = await listAttention(money.db, { filter: { sellerId }, limit: 10 });
  return listed.filter(({ kind }) => kind !== 'funding');
};
const toldAt = async (ms: number) => {
  await money.moveTo(ms);
  const told = await listOwn();
  await money.moveTo(0);
  return told;
};
const waitFor = (reason: WaitReason) =>
  money.db.updateTable('payouts').set({ waiting_for: reason }).where('id', '=', payoutId).execute();

describe('a payout', () => {
  test.each(Object.entries(told) as [WaitReason, number][])(
    'that waits for %s is told to a person once after %f days, with its money',
    async (reason, most) => {
      await reservePayout(money.db, payoutId);
      await waitFor(reason);
      expect(await toldAt(most * days - hourMs / 2)).toEqual([]);
      const found = await toldAt(most * days + hourMs / 2);
      expect(found).toMatchObject([
        { kind: 'payout', id: payoutId, parked: 'waits-too-long', parkedDetail: reason },
      ]);
      expect(found[0]?.atStake).toEqual([{ amount: 100_00, currency: 'eur' }]);
      expect(resolutionOf(found[0]!).explanation).toContain(reason);
    },
  );

  test.each([...(Object.keys(told) as WaitReason[]), null])(
    'that waits for %s needs an operator in the Temporal UI as soon as it is in the list',
    async (reason) => {
      if (reason !== null) {
        await reservePayout(money.db, payoutId);
        await waitFor(reason);
      }
      const most = reason === null ? 30 : told[reason];
      for (const ms of [most * days - hourMs / 2, most * days + hourMs / 2]) {
        await money.moveTo(ms);
        const listed = await listOwn();
        const row = await readPayout(money.db, payoutId);
        await money.moveTo(0);
        expect(isStuck(row)).toBe(listed.length > 0);
      }
    },
  );

  test('that waits for the same reason after each check has waited all the time', async () => {
    await waitFor('platform-balance');
    await money.moveTo(2 * days);
    await waitFor('platform-balance');
    expect(await toldAt(4 * days)).toHaveLength(1);
  });

  test('that never starts is told to a person', async () => {
    expect(await toldAt(30 * days - hourMs)).toEqual([]);
    expect(await toldAt(30 * days + hourMs)).toMatchObject([
      { id: payoutId, parked: 'waits-too-long' },
    ]);
  });

  test('that ended is told to nobody', async () => {
    await waitFor('platform-balance');
    await money.db
      .updateTable('payouts')
      .set({ status: 'canceled' })
      .where('id', '=', payoutId)
      .execute();
    expect(await toldAt(500 * days)).toEqual([]);
  });
});

describe('a seller', () => {
  const onboarding = async (account: `acct_${string}` | null) => {
    sellerId = await money.seller();
    await money.db
      .updateTable('sellers')
      .set({ status: 'onboarding', stripe_account: account })
      .where('id', '=', sellerId)
      .execute();
  };

  test('whose account is not created within an hour is told to a person', async () => {
    await onboarding(null);
    expect(await toldAt(hourMs - 60_000)).toEqual([]);
    const told = await toldAt(hourMs + 60_000);
    expect(told).toMatchObject([{ kind: 'seller', id: sellerId, parked: 'account-overdue' }]);
    expect(resolutionOf(told[0]!).explanation).toContain('explanation');
  });

  test('who has not finished onboarding is told to nobody', async () => {
    await onboarding('acct_of_somebody');
    expect(await toldAt(20 * hourMs)).toEqual([]);
  });
});

describe('a deadline', () => {
  const pass = () => wakeOverdue(money.db, 2);
  const later = () =>
    money.db
      .updateTable('overdue')
      .set({ noted_at: sql<string>`noted_at - interval '16 minutes'` })
      .execute();
  const toldNow = () => listAttention(money.db, { filter: { sellerId }, limit: 10 });

  test('of a payout that passes in vain is told to a person, and no longer once it is kept', async () => {
    await reservePayout(money.db, payoutId);
    const due = (at: string | null) =>
      money.db
        .updateTable('payouts')
        .set({ look_again_at: at })
        .where('id', '=', payoutId)
        .execute();
    await due('2020-01-01T00:00:00.000Z');
    await pass();
    expect(await toldNow()).toEqual([]);
    await later();
    await pass();
    expect(await toldNow()).toMatchObject([{ id: payoutId, parked: 'overdue' }]);
    const { groups } = await readAttentionGroups(money.db, { sellerId });
    expect(groups).toMatchObject([{ kind: 'payout', reason: 'overdue', count: 1 }]);
    await due(null);
    await pass();
    expect(await toldNow()).toEqual([]);
  });

  test('of a seller that passes in vain is told to a person', async () => {
    await money.db
      .updateTable('sellers')
      .set({ look_again_at: '2020-01-01T00:00:00.000Z' })
      .where('id', '=', sellerId)
      .execute();
    await pass();
    await later();
    await pass();
    expect(await toldNow()).toMatchObject([{ kind: 'seller', parked: 'seller-overdue' }]);
  });
});
