import { afterEach, describe, expect, test } from 'vitest';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { type Stage, startStage } from '../../build/stage.ts';

/** A request that Stripe certainly did not carry out was not sent, however long that lasts. */
let stage: Stage;
afterEach(() => stage.close());

const done = { transfer: 'transferred', payout: 'sent' } as const;
const hours = (count: number) => count * 60;
const denials = [
  ['stripe-key', { kind: 'status', status: 401 }],
  ['stripe-answer', { kind: 'rate-limit' }],
  ['stripe-answer', { kind: 'lock-timeout' }],
] as const;

for (const step of ['transfer', 'payout'] as const) {
  /** It was made exactly once, under its first key. */
  const expectOnce = async () => {
    expect(await stage.row()).toMatchObject({ status: done[step], parked: null });
    expect(await stage.made()).toHaveLength(1);
    const keys = new Set((await stage.posts()).map(({ idempotencyKey }) => idempotencyKey));
    expect([...keys]).toEqual([`${stage.payoutId}/${step}/1`]);
  };
  /** The right to send was seen too long ago. */
  const forgetRight = () =>
    stage.db.updateTable('right_to_send').set({ seen_at: '2026-01-01T00:00:00.000Z' }).execute();
  const actInVain = () => expect(stage.act()).rejects.toMatchObject({ category: 'BENIGN' });

  describe(`a ${step} that Stripe turned away each time`, () => {
    test.each(denials)('waits for %s, and is sent after 13 hours (%o)', async (reason, rule) => {
      stage = await startStage(step);
      await stage.disturb({ ...rule, count: 100 });
      await actInVain();
      expect(await stage.row()).toMatchObject({ waitingFor: reason, parked: null });
      await stage.moveMinutes(hours(13));
      await actInVain();
      expect(await stage.row()).toMatchObject({ waitingFor: reason, unknownStep: null });
      await stage.disturb();
      await stage.act();
      await expectOnce();
    });

    test('is sent again for twelve hours after the first answer that was lost', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 401, count: 1 });
      await actInVain();
      await stage.moveMinutes(hours(13));
      await stage.disturb({ kind: 'drop-after', count: 1 });
      await actInVain();
      await stage.moveMinutes(hours(11));
      await stage.act();
      await expectOnce();
    });

    test('is looked up if an answer was lost before, or twelve hours ago', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 401, count: 1 });
      await actInVain();
      await stage.disturb({ kind: 'drop-after', count: 1 });
      await actInVain();
      await stage.moveMinutes(hours(13));
      expect(await stage.act()).toMatchObject({ unknownStep: step, waitingFor: 'outcome-look-up' });
      await stage.lookUp();
      await expectOnce();
    });

    test('is taken back at once by a cancellation', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 401, count: 100 });
      await actInVain();
      await stage.moveMinutes(hours(13));
      await actInVain();
      const cancel = stage.db
        .transaction()
        .execute((tx) => cancelPayout(tx, stage.payoutId, 'key_of_the_tests'));
      expect(await cancel).toMatchObject({ kind: 'end' });
      expect(await stage.row()).toMatchObject({ status: 'canceled', waitingFor: null });
    });

    test('needs the right to send again, because a copy may have sent it meanwhile', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 401, count: 1 });
      await actInVain();
      await stage.moveMinutes(hours(30));
      await forgetRight();
      const before = (await stage.reads('/v1/products')).length;
      await stage.act();
      expect((await stage.reads('/v1/products')).length).toBeGreaterThan(before);
      await expectOnce();
    });

    test('waits for Stripe if the right to send cannot be read either', async () => {
      stage = await startStage(step);
      await forgetRight();
      const posts = (await stage.posts()).length;
      await stage.disturb({ kind: 'status', method: 'GET', path: '/v1/products', status: 503 });
      await actInVain();
      expect(await stage.row()).toMatchObject({ waitingFor: 'stripe-answer' });
      expect(await stage.posts()).toHaveLength(posts);
      await stage.act();
      await expectOnce();
    });

    test('no longer says what it waited for before', async () => {
      stage = await startStage(step);
      await stage.db.updateTable('payouts').set({ waiting_for: 'hold' }).execute();
      await stage.disturb({ kind: 'rate-limit' });
      await actInVain();
      expect(await stage.row()).toMatchObject({ waitingFor: 'stripe-answer', lookAgainAt: null });
    });
  });

  describe(`a ${step} whose key lacks the permission`, () => {
    test('waits for the permission, and is sent under the next key', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 403, count: 2 });
      const waits = { waitingFor: 'stripe-key', parked: null, unknownStep: null };
      expect(await stage.act()).toMatchObject(waits);
      await stage.moveMinutes(hours(13));
      expect(await stage.act()).toMatchObject(waits);
      expect(await stage.act()).toMatchObject({ status: done[step] });
      expect(await stage.made()).toHaveLength(1);
    });
  });
}

test('a payout whose account has left is for a person', async () => {
  stage = await startStage('payout');
  await stage.sandbox.ask('POST', `accounts/${stage.account}/deauthorize`);
  expect(await stage.act()).toMatchObject({
    status: 'transferred',
    parked: 'unexpected-state',
    parkedDetail: 'its account has left the platform, so nothing can be sent from it',
  });
});
