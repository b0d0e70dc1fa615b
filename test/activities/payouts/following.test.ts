import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listBankAccounts } from '../../../db/accounts/bank-accounts.ts';
import { retryRefused } from '../../../db/payouts/commands.ts';
import { findPayout } from '../../../db/payouts/views.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage('payout');
  await stage.act();
});
afterEach(() => stage.close());

const day = 24 * 60;
const bank = async (what: 'pay' | 'fail') => {
  const { stripePayoutId } = await stage.row();
  const body = what === 'fail' ? { failureCode: 'account_closed' } : {};
  await stage.sandbox.ask('POST', `payouts/${stripePayoutId}/${what}`, body);
};
const places = async () => {
  const { sellerId } = await stage.row();
  return stage.balances(sellerId);
};

const arrivalDate = async () => {
  const { stripePayoutId } = await stage.row();
  const acting = { stripeAccount: stage.account };
  const { arrival_date } = await stage.stripe.payouts.retrieve(stripePayoutId ?? '', {}, acting);
  return new Date(arrival_date * 1000).toISOString().slice(0, 10);
};

describe('a payout that Stripe has', () => {
  test('waits for the bank as long as Stripe says that it is on its way', async () => {
    const row = await stage.run.follow();
    expect(row).toMatchObject({ status: 'sent', waitingFor: 'bank' });
    expect(Date.parse(row.lookAgainAt ?? '')).toBeGreaterThan(Date.parse(row.now));
    expect(await places()).toMatchObject({ 'in-transit': 100_00 });
  });

  test('is expected at its bank on the day that Stripe names, also when that moves', async () => {
    const expected = async () => (await findPayout(stage.db, stage.payoutId))?.bankExpectedOn;
    const first = await expected();
    expect(first).toBe(await arrivalDate());
    expect(first).toMatch(/^\d{4}-\d\d-\d\d$/);
    await stage.sandbox.ask('POST', `accounts/${stage.account}/pause-payouts`, { paused: true });
    await stage.moveMinutes(8 * day);
    await stage.sandbox.ask('POST', `accounts/${stage.account}/pause-payouts`, { paused: false });
    await stage.moveMinutes(day);
    await stage.run.follow();
    expect(await expected()).toBe(await arrivalDate());
    expect(await expected()).not.toBe(first);
  });

  test('names the bank account that it goes to, and the trace once Stripe has one', async () => {
    const where = async () => {
      const found = await findPayout(stage.db, stage.payoutId);
      return { sentTo: found?.sentTo, trace: found?.trace };
    };
    await stage.run.readAccount();
    const [bankAccount] = await listBankAccounts(stage.db, stage.sellerId);
    const { id, bankName, last4 } = bankAccount ?? {};
    expect([bankName, last4]).toEqual([expect.any(String), expect.stringMatching(/^\d{4}$/)]);
    const sentTo = { bankAccount: id, bankName, last4 };
    expect(await where()).toEqual({ sentTo, trace: { status: 'pending', id: null } });
    await bank('pay');
    await stage.run.follow();
    expect(await where()).toEqual({
      sentTo,
      trace: { status: 'supported', id: expect.stringMatching(/^trace/) },
    });
  });

  test('knows when Stripe was last read, and which status the payout had there', async () => {
    const read = async () => (await findPayout(stage.db, stage.payoutId))?.lastRead;
    expect(await read()).toBeNull();
    const { now } = await stage.run.follow();
    const last = await read();
    expect(last?.status).toMatch(/^(pending|in_transit)$/);
    expect(Math.abs(Date.parse(last?.at ?? '') - Date.parse(now))).toBeLessThan(60_000);
  });

  test('has the trace that Stripe names after it was paid, when the watch is over', async () => {
    await bank('pay');
    await stage.run.follow();
    const late = { trace_status: 'pending', trace_id: null } as const;
    await stage.db.updateTable('payouts').set(late).where('id', '=', stage.payoutId).execute();
    await stage.moveMinutes(10 * day);
    expect(await stage.run.follow()).toMatchObject({ status: 'settled' });
    const found = await findPayout(stage.db, stage.payoutId);
    expect(found?.trace).toEqual({ status: 'supported', id: expect.stringMatching(/^trace/) });
  });

  test('is paid when Stripe says so, watched, and settled when the watch is over', async () => {
    await bank('pay');
    const paid = await stage.run.follow();
    expect(paid).toMatchObject({ status: 'paid', waitingFor: 'late-return' });
    expect(await places()).toMatchObject({ bank: 100_00 });
    await stage.moveMinutes(9 * day);
    expect(await stage.run.follow()).toMatchObject({ status: 'paid', watchUntil: paid.watchUntil });
    await stage.moveMinutes(day);
    expect(await stage.run.follow()).toMatchObject({ status: 'settled', waitingFor: null });
    expect(await stage.run.follow()).toMatchObject({ status: 'settled' });
    expect(await places()).toMatchObject({ bank: 100_00 });
  });

  test('that the bank refuses leaves the money at the account and says why', async () => {
    await bank('fail');
    expect(await stage.run.follow()).toMatchObject({
      status: 'failed',
      failureCode: 'account_closed',
    });
    expect(await places()).toMatchObject({ account: 100_00 });
    expect(await stage.sandbox.available(stage.account)).toBe(100_00);
  });

  test('that comes back after it was paid is a return', async () => {
    await bank('pay');
    await stage.run.follow();
    await bank('fail');
    expect(await stage.run.follow()).toMatchObject({ status: 'returned' });
    expect(await places()).toMatchObject({ account: 100_00 });
  });

  test('that comes back before anybody read that it was paid has failed', async () => {
    await bank('pay');
    await bank('fail');
    expect(await stage.run.follow()).toMatchObject({ status: 'failed' });
    expect(await places()).toMatchObject({ account: 100_00 });
  });

  test('waits for a person when Stripe does not know it', async () => {
    const { payoutId } = await stage.row();
    const change = { stripe_payout_id: 'po_mistyped' } as const;
    await stage.db.updateTable('payouts').set(change).where('id', '=', payoutId).execute();
    expect(await stage.run.follow()).toMatchObject({ status: 'sent', parked: 'unexpected-state' });
    expect(await places()).toMatchObject({ 'in-transit': 100_00 });
  });

  test('waits for a person when its account has left the platform', async () => {
    await stage.sandbox.ask('POST', `accounts/${stage.account}/deauthorize`);
    expect(await stage.run.follow()).toMatchObject({ status: 'sent', parked: 'unexpected-state' });
  });

  test('is settled when its account has left the platform after it was paid', async () => {
    await bank('pay');
    expect(await stage.run.follow()).toMatchObject({ status: 'paid' });
    await stage.sandbox.ask('POST', `accounts/${stage.account}/deauthorize`);
    await stage.moveMinutes(30 * 24 * 60);
    expect(await stage.run.follow()).toMatchObject({ status: 'settled', parked: null });
  });

  test.each(['sent', 'paid'])('waits for the key that may not read it (%s)', async (status) => {
    if (status === 'paid') await bank('pay');
    expect(await stage.run.follow()).toMatchObject({ status });
    await stage.disturb({ kind: 'status', method: 'GET', path: '/v1/payouts', status: 403 });
    const waits = { status, parked: null, waitingFor: 'stripe-key' };
    expect(await stage.run.follow()).toMatchObject(waits);
    const usual = { sent: 'bank', paid: 'late-return' }[status];
    expect(await stage.run.follow()).toMatchObject({ status, waitingFor: usual });
  });

  test('is watched on when a person lets it go on after it was paid', async () => {
    await bank('pay');
    const { payoutId, watchUntil } = await stage.run.follow();
    const parked = { parked: 'unexpected-state', parked_at: new Date().toISOString() } as const;
    await stage.db.updateTable('payouts').set(parked).where('id', '=', payoutId).execute();
    await stage.db.transaction().execute((tx) => retryRefused(tx, payoutId));
    const row = await stage.run.follow();
    expect(row).toMatchObject({ status: 'paid', waitingFor: 'late-return' });
    expect(Date.parse(row.lookAgainAt ?? '')).toBeGreaterThan(
      Date.parse(watchUntil ?? '') - 60_000,
    );
  });

  test('is as it was while Stripe cannot be read', async () => {
    await stage.disturb({ kind: 'status', method: 'GET', status: 500 });
    await expect(stage.run.follow()).rejects.toMatchObject({ type: 'StripeReadFailed' });
    expect(await stage.row()).toMatchObject({ status: 'sent' });
  });
});
