import { afterEach, describe, expect, test } from 'vitest';
import { recordBankFailure } from '../../../db/accounts/bank-pauses.ts';
import type { Tx } from '../../../db/connect.ts';
import { placeHold, releaseHold } from '../../../db/holds.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { confirmNotSent } from '../../../db/payouts/commands.ts';
import { findPayout } from '../../../db/payouts/views.ts';
import { pauseSeller, resumeSeller } from '../../../db/sellers/pauses.ts';
import type { HoldId } from '../../../domain/ids.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const by = 'key_of_the_tests';
const order = <T>(does: (tx: Tx) => Promise<T>) => stage.db.transaction().execute(does);
const hold = (amount: number | null = null, expiresAt: string | null = null) => {
  const { sellerId } = stage;
  const held = { currency: amount === null ? null : ('usd' as const), amount, expiresAt };
  const why = { source: 'operator', reason: 'fraud?' } as const;
  return order((tx) => placeHold(tx, { sellerId, ...why, ...held }, by));
};
const release = (holdId: HoldId) => order((tx) => releaseHold(tx, { holdId, reason: 'fine', by }));
const cancel = () => order((tx) => cancelPayout(tx, stage.payoutId, by, { mayStand: true }));

/** Each brake for one seller, what the payout then waits for, and how it is released. */
const brakes = {
  'a hold on everything': [
    async () => {
      const { id } = await hold();
      return () => release(id);
    },
    'hold',
  ],
  'a pause of the seller': [
    async () => {
      const pause = { sellerId: stage.sellerId, reason: 'fraud?', by };
      await order((tx) => pauseSeller(tx, pause));
      return () => order((tx) => resumeSeller(tx, { ...pause, reason: 'fine' }));
    },
    'seller-paused',
  ],
  'a pause of the bank account': [
    async () => {
      await stage.run.readAccount();
      const { sellerId } = stage;
      const { stripe_id: bankAccount } = await stage.db
        .selectFrom('bank_accounts')
        .select('stripe_id')
        .executeTakeFirstOrThrow();
      const failed = { sellerId, currency: 'usd', bankAccount, failureCode: 'account_closed' };
      await order((tx) => recordBankFailure(tx, failed));
      return () => stage.db.updateTable('bank_accounts').set({ paused_at: null }).execute();
    },
    'bank-details',
  ],
} as const;
const all = Object.keys(brakes) as (keyof typeof brakes)[];

const denied = { kind: 'status', status: 429, code: 'rate_limit' };
const steps = ['transfer', 'payout'] as const;
const done = { transfer: 'transferred', payout: 'sent' } as const;
const before = { transfer: 'reserved', payout: 'transferred' } as const;

/** How many requests of the step reached Stripe, without requests to cancel what it made. */
async function countPosts(step: (typeof steps)[number]): Promise<number> {
  const posts = await stage.posts();
  return posts.filter(({ idempotencyKey }) => idempotencyKey.includes(`/${step}/`)).length;
}

/** Sends the step once; Stripe, or the network, answers with this fault. */
async function tryOnce(step: (typeof steps)[number], fault: object): Promise<void> {
  stage = await startStage(step);
  await stage.run.setManualPayouts();
  await stage.disturb(fault);
  await expect(stage.act()).rejects.toThrow();
}

describe.each(steps)('a %s that Stripe certainly did not make', (step) => {
  test.each(all)('is not sent again after %s, and goes on when it is released', async (name) => {
    await tryOnce(step, denied);
    const [pull, reason] = brakes[name];
    const letGo = await pull();
    const posts = (await stage.posts()).length;
    const row = await stage.act();
    expect(row).toMatchObject({ status: before[step], waitingFor: reason, unknownStep: null });
    expect(await stage.posts()).toHaveLength(posts);
    await letGo();
    expect(await stage.act()).toMatchObject({ status: done[step] });
    expect(await stage.made()).toHaveLength(1);
  });

  test('ends at once when it is canceled', async () => {
    await tryOnce(step, denied);
    expect(await cancel()).toMatchObject({ kind: 'end' });
    const posts = (await stage.posts()).length;
    expect(await stage.act()).toMatchObject({ status: 'canceled' });
    expect(await stage.posts()).toHaveLength(posts);
    expect(await stage.attempts()).toMatchObject([{ state: 'refused', refusal: 'called-off' }]);
    const places = { transfer: { platform: 100_00 }, payout: { account: 100_00 } };
    expect(await stage.balances(stage.sellerId)).toMatchObject(places[step]);
  });

  test('obeys a hold on everything before it is sent for the first time', async () => {
    stage = await startStage(step);
    await stage.run.setManualPayouts();
    await hold();
    expect(await stage.act()).toMatchObject({ status: before[step], waitingFor: 'hold' });
    expect(await stage.posts()).toEqual([]);
  });

  test('looks again at the latest when the hold expires', async () => {
    await tryOnce(step, denied);
    const { now } = await stage.row();
    await hold(null, new Date(Date.parse(now) + 60 * 60_000).toISOString());
    const { lookAgainAt, now: then } = await stage.act();
    expect(Date.parse(lookAgainAt ?? '') - Date.parse(then)).toBeLessThanOrEqual(61 * 60_000);
    await stage.moveMinutes(62);
    expect(await stage.act()).toMatchObject({ status: done[step] });
  });
});

describe.each(steps)('a %s whose answer is missing', (step) => {
  test.each(all)('is looked up after %s, and not sent again', async (name) => {
    await tryOnce(step, { kind: 'drop-after' });
    await brakes[name][0]();
    const posts = (await stage.posts()).length;
    expect(await stage.act()).toMatchObject({ unknownStep: step, waitingFor: 'outcome-look-up' });
    expect(await stage.lookUp()).toMatchObject({ status: done[step] });
    expect(await stage.posts()).toHaveLength(posts);
  });

  test('stays canceled: what was made goes no further', async () => {
    await tryOnce(step, { kind: 'drop-after' });
    expect(await cancel()).toEqual({ kind: 'look-up', step, why: 'open-request' });
    const asked = await findPayout(stage.db, stage.payoutId);
    expect(asked).toMatchObject({ status: before[step], cancelOrderedBy: by });
    const posts = await countPosts(step);
    expect(await stage.act()).toMatchObject({ unknownStep: step, cancelAsked: true });
    expect(await stage.lookUp()).toMatchObject({ status: done[step], cancelAsked: true });
    const ended = await (step === 'transfer' ? stage.run.payout() : stage.run.cancel());
    expect(ended).toMatchObject({ status: 'canceled' });
    expect(await countPosts(step)).toBe(posts);
    expect(await stage.balances(stage.sellerId)).toEqual({ owed: -100_00, account: 100_00 });
  });

  test('that was not made ends once a person has confirmed it, and not before', async () => {
    await tryOnce(step, { kind: 'drop-before' });
    await cancel();
    const posts = (await stage.posts()).length;
    for (let row = await stage.act(); !row.parked; row = await stage.row()) {
      await stage.moveMinutes(61);
      await stage.lookUp();
    }
    expect(await stage.row()).toMatchObject({ parked: 'outcome-unknown', cancelAsked: true });
    await order((tx) => confirmNotSent(tx, stage.payoutId));
    expect(await stage.act()).toMatchObject({ status: 'canceled' });
    expect(await stage.posts()).toHaveLength(posts);
  });

  test('ends as soon as the missing answer comes and is certainly no', async () => {
    stage = await startStage(step);
    await stage.run.setManualPayouts();
    await stage.disturb(denied);
    const hung = { id: 'hung', when: 'before', method: 'POST', path: stage.path };
    await stage.sandbox.ask('PUT', 'holds', { holds: [hung] });
    const acting = stage.act().catch(() => 'denied');
    await stage.untilHeld();
    expect(await cancel()).toEqual({ kind: 'look-up', step, why: 'open-request' });
    await stage.sandbox.ask('POST', 'holds/hung/release', {});
    expect(await acting).toBe('denied');
    expect(await stage.attempts()).toMatchObject([{ state: 'unknown', tries: 1 }]);
    expect(await stage.lookUp()).toMatchObject({ status: 'canceled' });
    expect(await stage.made()).toEqual([]);
  });

  test.each([400, 402, 403])(
    'ends as soon as the missing answer comes and is a refusal (%i)',
    async (status) => {
      stage = await startStage(step);
      await stage.run.setManualPayouts();
      await stage.disturb({ kind: 'status', status, code: 'invalid' });
      const hung = { id: 'hung', when: 'before', method: 'POST', path: stage.path };
      await stage.sandbox.ask('PUT', 'holds', { holds: [hung] });
      const acting = stage.act().catch(() => 'denied');
      await stage.untilHeld();
      expect(await cancel()).toEqual({ kind: 'look-up', step, why: 'open-request' });
      await stage.sandbox.ask('POST', 'holds/hung/release', {});
      await acting;
      expect(await stage.lookUp()).toMatchObject({ status: 'canceled' });
      expect(await stage.attempts()).toMatchObject([{ state: 'refused', tries: 1 }]);
      expect(await stage.made()).toEqual([]);
    },
  );
});

const certainlyNo = all.flatMap((name) => [400, 429].map((status) => [status, name] as const));
describe.each(steps)('a %s that Stripe refuses after a brake made its outcome unknown', (step) => {
  test.each(certainlyNo)(
    'is in doubt no longer (%i, %s), and asks nobody',
    async (status, name) => {
      stage = await startStage(step);
      await stage.run.setManualPayouts();
      await stage.disturb({ kind: 'status', status, code: 'invalid' });
      const hung = { id: 'hung', when: 'before', method: 'POST', path: stage.path };
      await stage.sandbox.ask('PUT', 'holds', { holds: [hung] });
      const acting = stage.act().catch(() => 'denied');
      await stage.untilHeld();
      const [pull, reason] = brakes[name];
      const letGo = await pull();
      expect(await stage.act()).toMatchObject({ unknownStep: step });
      await stage.sandbox.ask('POST', 'holds/hung/release', {});
      await acting;
      expect(await stage.lookUp()).toMatchObject({ unknownStep: null, parked: null });
      expect(await stage.act()).toMatchObject({ status: before[step], waitingFor: reason });
      await letGo();
      expect(await stage.act()).toMatchObject({ status: done[step] });
      expect(await stage.made()).toHaveLength(1);
    },
  );
});

describe.each(steps)('a %s that only a person says was not sent', (step) => {
  const readable = (status: number) =>
    stage.disturb({ kind: 'status', method: 'GET', path: '/v1', count: 9, status });

  test('keeps its cancellation until Stripe could be read, and sends nothing', async () => {
    await tryOnce(step, { kind: 'drop-before' });
    await unsentByWord(step);
    expect(await cancel()).toMatchObject({ kind: 'look-up', why: 'look-first' });
    const posts = await countPosts(step);
    await readable(503);
    expect(await stage.act()).toMatchObject({ waitingFor: 'look-at-stripe', cancelAsked: true });
    await stage.disturb();
    expect(await stage.act()).toMatchObject({ status: 'canceled' });
    expect(await countPosts(step)).toBe(posts);
  });

  test('goes no further once its cancellation has found what Stripe made', async () => {
    await tryOnce(step, { kind: 'drop-after' });
    await unsentByWord(step);
    await cancel();
    expect(await stage.act()).toMatchObject({ unknownStep: step, cancelAsked: true });
    expect(await stage.lookUp()).toMatchObject({ status: done[step] });
    const ended = await (step === 'transfer' ? stage.run.payout() : stage.run.cancel());
    expect(ended).toMatchObject({ status: 'canceled' });
    expect(await stage.made()).toHaveLength(1);
  });
});

/** A person says that nothing was sent, as after look-ups that found nothing. */
async function unsentByWord(step: (typeof steps)[number]): Promise<void> {
  const { payoutId } = stage;
  const doubt = {
    unknown_step: step,
    parked: 'outcome-unknown',
    parked_at: new Date().toISOString(),
  } as const;
  await stage.db
    .updateTable('attempts')
    .set({ state: 'unknown' })
    .where('step', '=', step)
    .execute();
  await stage.db.updateTable('payouts').set(doubt).where('id', '=', payoutId).execute();
  await order((tx) => confirmNotSent(tx, payoutId));
}

describe('holds on a part', () => {
  test('that the other money covers do not touch a payout', async () => {
    await tryOnce('transfer', denied);
    await stage.earn(stage.sellerId, 50_00, { currency: 'usd' });
    await hold(50_00);
    expect(await stage.act()).toMatchObject({ status: 'transferred' });
  });

  test('that need the money of a payout end it, and another one pays the rest', async () => {
    await tryOnce('transfer', denied);
    await stage.earn(stage.sellerId, 10_00, { currency: 'usd' });
    await hold(30_00);
    expect(await stage.act()).toMatchObject({ status: 'canceled' });
    const anew = await stage.db
      .selectFrom('payouts')
      .select(['status', 'replaces', 'ordered_by'])
      .where('id', '<>', stage.payoutId)
      .execute();
    expect(anew).toEqual([
      { status: 'requested', replaces: stage.payoutId, ordered_by: 'partly-held' },
    ]);
    expect(await stage.made()).toEqual([]);
  });
});
