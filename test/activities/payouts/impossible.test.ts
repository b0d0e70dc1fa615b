import { afterEach, describe, expect, test } from 'vitest';
import { paydaysAround } from '../../../activities/paydays/calendar.ts';
import { recordAccountRead } from '../../../db/accounts/reads.ts';
import { readFunding } from '../../../db/funding.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

type Read = Parameters<typeof recordAccountRead>[2];

/** Money is reserved; then a read of the account finds this. */
async function reservedThen(given: Partial<Read>): Promise<void> {
  stage = await startStage('transfer');
  await stage.run.setManualPayouts();
  await read(given);
}

async function read(given: Partial<Read>): Promise<void> {
  const { now } = await stage.row();
  const all = { transfers: 'active', payouts: 'active', payoutsAreManual: true };
  const facts = { askedAt: now, ...all, banks: [bank], bankCoolingHours: 0, ...given };
  await recordAccountRead(stage.db, stage.sellerId, facts);
}

const bank = {
  stripeId: 'ba_1',
  currency: 'usd',
  fingerprint: 'number_1',
  status: 'new',
  isDefault: true,
};

const rival = { ...bank, stripeId: 'ba_2', fingerprint: 'number_2' };

const restricted = { reason: 'seller-not-active', waits: 'capability' };
const noBank = { reason: 'bank-details', waits: 'bank-details' };

describe('a transfer is not made, and needs no money of the platform,', () => {
  test.each<[why: string, found: Partial<Read>, told: typeof noBank]>([
    ['while the account may not pay out', { payouts: 'inactive' }, restricted],
    ['while the account may not receive transfers', { transfers: 'inactive' }, restricted],
    [
      'while Stripe rejects the account',
      { transfers: 'rejected', payouts: 'rejected' },
      restricted,
    ],
    [
      'while nobody may read the account, because it has left',
      { transfers: 'unreadable', payouts: 'unreadable' },
      restricted,
    ],
    ['while there is no bank account', { banks: [] }, noBank],
    ['while no bank account takes the currency', { banks: [{ ...bank, currency: 'cad' }] }, noBank],
    ['while no bank account is the default', { banks: [{ ...bank, isDefault: false }] }, noBank],
    ['while two bank accounts are the default', { banks: [bank, rival] }, noBank],
    ['while they are in the other order', { banks: [rival, bank] }, noBank],
  ])('%s', async (_why, found, { reason, waits }) => {
    await reservedThen(found);
    expect(await stage.act()).toMatchObject({ status: 'reserved', waitingFor: waits });
    expect(await stage.posts()).toEqual([]);
    expect(await stage.attempts()).toEqual([]);
    expect(await funding()).toMatchObject({
      fromPlatform: 0,
      notDue: { [reason]: { payouts: 1, amount: 100_00 } },
    });
    await stage.forgetWakeUps();
    await read({});
    expect(await stage.wakeUps()).toHaveProperty(`payout/${stage.payoutId}`);
    expect(await funding()).toMatchObject({ fromPlatform: 100_00, notDue: {} });
    expect(await stage.act()).toMatchObject({ status: 'transferred' });
    expect(await stage.made()).toHaveLength(1);
  });

  test('and a cancellation frees the money at once', async () => {
    await reservedThen({ payouts: 'inactive' });
    expect(await stage.act()).toMatchObject({ status: 'reserved', waitingFor: 'capability' });
    const { db, payoutId } = stage;
    await db.transaction().execute((tx) => cancelPayout(tx, payoutId, 'key_test'));
    expect(await stage.row()).toMatchObject({ status: 'canceled' });
    expect(await stage.balances(stage.sellerId)).toEqual({ owed: -100_00, platform: 100_00 });
    expect(await stage.posts()).toEqual([]);
  });
});

test('a transfer that may have been made is asked for again, and its money is still needed', async () => {
  stage = await startStage('transfer');
  await stage.run.setManualPayouts();
  await stage.disturb({ kind: 'drop-after' });
  await expect(stage.act()).rejects.toMatchObject({ type: 'StripeUnreachable' });
  await read({ payouts: 'inactive' });
  expect(await funding()).toMatchObject({ fromPlatform: 100_00, notDue: {} });
  expect(await stage.act()).toMatchObject({ status: 'transferred' });
  expect(await stage.made()).toHaveLength(1);
});

async function funding() {
  const end = new Date(Date.now() + 60_000).toISOString();
  return (await readFunding(stage.db, end, paydaysAround)).due.get('usd');
}
