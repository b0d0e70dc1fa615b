import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordCheck, stripeAnswers } from '../../../db/operations/checks.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordPaid, recordTransferred, recordWait } from '../../../db/payouts/steps.ts';
import { recordPutOff } from '../../../db/stripe/answers.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { formatMoney, money } from '../../../domain/money.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { later, sellerSituations } from '../../build/seller-situations.ts';
import { type MoneySandbox, startMoneySandbox } from '../../sandbox/money/stage.ts';
import { startApi, type TestApi } from '../harness.ts';

type Step = { what: string; at: string | null; text: string; payoutId: string };
type Waiting = { for: string; actor: string; by: string | null; reason: string; liftedBy: string };
type Told = { summary: string; waits: Waiting[]; next: Step[]; payouts: object[] };

let sandbox: MoneySandbox;
let api: TestApi;
let stage: ReturnType<typeof payoutStages> & ReturnType<typeof sellerSituations>;
beforeAll(async () => {
  sandbox = await startMoneySandbox();
  api = await startApi({ stripeAt: sandbox.url });
  stage = { ...payoutStages(api), ...sellerSituations(api) };
});
afterAll(() => sandbox.close());

const explain = async (id: PayoutId | SellerId, of = api): Promise<Told> => {
  const kind = id.startsWith('sel_') ? 'sellers' : 'payouts';
  return (await of.get(`/v1/${kind}/${id}/explain`)).body as unknown as Told;
};
const reasonsOf = ({ waits }: Told) => waits.map((one) => one.reason);

describe('a payout that was called off says where its money is', () => {
  const cancel = async (id: PayoutId) => {
    const { body } = await api.post(`/v1/payouts/${id}/cancel`, {});
    return body as { cancellation: { explanation: string } };
  };
  const reserved = async () => stage.reserve((await stage.orderPayout()).payoutId);
  const transferred = async () => {
    const id = await reserved();
    await stage.transfer(id);
    return id;
  };
  const inBothPlaces = async () => {
    const { sellerId, payoutId } = await stage.orderPayout();
    await stage.transfer(await stage.reserve(payoutId));
    await cancel(payoutId);
    await stage.earn(sellerId, { amount: 30_00 });
    const { body } = await api.post(`/v1/sellers/${sellerId}/payouts`, {});
    return stage.reserve(body['id'] as PayoutId);
  };
  test.each<[situation: string, make: () => Promise<PayoutId>, words: string]>([
    [
      'nothing was set aside',
      async () => (await stage.orderPayout()).payoutId,
      'no money was reserved',
    ],
    [
      'it was set aside',
      reserved,
      'the money is payable at the platform, because it was not transferred',
    ],
    [
      'it was transferred',
      transferred,
      'the money is at the seller’s account at Stripe, where the next payout uses it',
    ],
    [
      'it is in both places',
      inBothPlaces,
      '30.00 EUR is payable at the platform, because it was not transferred; 100.00 EUR is at the seller’s account at Stripe, where the next payout uses it',
    ],
  ])('where %s', async (_situation, make, words) => {
    const id = await make();
    const { cancellation } = await cancel(id);
    expect(cancellation.explanation).toBe(`The payout was canceled: ${words}`);
    expect((await explain(id)).summary).toContain(` canceled: ${words}`);
  });
});

describe('when the bank has it', () => {
  const day = later.slice(0, 10);
  test('is the day that Stripe expects, for the payout and for its seller', async () => {
    const { sellerId, payoutId } = await stage.orderPayout();
    await stage.send(payoutId, day);
    expect(await stage.show(payoutId)).toMatchObject({ arrivesAt: null, bankExpectedOn: day });
    const paid = {
      what: 'paid',
      at: day,
      text: 'The bank receives the money. Stripe expects this on 1 Jan 2199',
    };
    const told = await explain(payoutId);
    expect(told.next.map(({ what }) => what)).toEqual(['paid', 'look-again', 'settle']);
    expect(told.next[0]).toMatchObject(paid);
    const reason =
      'Stripe has accepted the payout, but the bank does not have the money yet. Stripe’s estimate is 1 Jan 2199';
    expect(reasonsOf(told)).toEqual([reason]);
    const seller = await explain(sellerId);
    expect(seller.next[0]).toMatchObject({ ...paid, payoutId });
    expect(seller.payouts).toMatchObject([{ id: payoutId, bankExpectedOn: day }]);
    expect(reasonsOf(seller)).toContain(`Payout ${payoutId}: ${reason}`);
  });

  test('is not promised again once that day is over', async () => {
    const { payoutId } = await stage.orderPayout();
    await stage.send(payoutId, '2026-01-05T00:00:00.000Z');
    const { next } = await explain(payoutId);
    expect(next.map(({ what }) => what)).toEqual(['look-again', 'paid', 'settle']);
    expect(next[1]).toMatchObject({
      at: null,
      text: expect.stringMatching(
        /^The bank receives the money\. Stripe expected this on 5 Jan 2026: the payout is \d+ days overdue$/,
      ),
    });
  });

  test('is unknown before Stripe has it', async () => {
    const { payoutId } = await stage.orderPayout();
    expect(await stage.show(payoutId)).toMatchObject({ arrivesAt: null, bankExpectedOn: null });
  });
});

describe('a payout that waits', () => {
  test('for a late return says until when', async () => {
    const { payoutId } = await stage.orderPayout();
    const { watchUntil } = await recordPaid(api.db, await stage.send(payoutId), 10);
    const [reason] = reasonsOf(await explain(payoutId));
    const said = String(new Date(watchUntil ?? '').getUTCFullYear());
    const words = 'The bank has the money, but could still return it. The engine watches';
    expect(reason).toMatch(new RegExp(`^${words} for a return until .* ${said}, .* UTC$`));
  });

  test('for transferred money says from when it can be paid out of the account', async () => {
    const { payoutId } = await stage.orderPayout();
    await stage.reserve(payoutId);
    const key = await stage.attempt(payoutId, 'transfer');
    const payout = await readPayout(api.db, payoutId);
    const arrived = { transferId: `tr_${payoutId.slice(7)}` as const, arrivesAt: later };
    await recordTransferred(api.db, { payout, key, ...arrived });
    expect(reasonsOf(await explain(payoutId))).toEqual([
      'The transferred money can be paid out from Tue, 1 Jan 2199, 00:00 UTC',
    ]);
  });

  test('to be started says which it is: nothing, its seller, or another payout', async () => {
    const { sellerId, payoutId } = await stage.orderPayout({ amount: 60_00 });
    const { body } = await api.post(`/v1/sellers/${sellerId}/payouts`, { amount: 10_00 });
    const second = body['id'] as PayoutId;
    const first = (id: PayoutId) => explain(id).then(({ waits }) => waits[0]);
    expect(await first(payoutId)).toMatchObject({
      reason: 'The payout is next. The seller’s workflow starts it at the workflow’s next check',
      actor: 'engine',
    });
    const waitsForFirst = {
      reason: `Payout ${payoutId} goes first. This payout starts when payout ${payoutId} has Stripe’s answer`,
      actor: 'engine',
    };
    expect(await first(second)).toMatchObject(waitsForFirst);
    expect(reasonsOf(await explain(sellerId))).toContain(
      `Payout ${second}: ${waitsForFirst.reason}`,
    );
    await stage.set(sellerId, { status: 'restricted' });
    expect(await first(second)).toMatchObject({
      reason: 'The payout starts when its seller is active. The seller is restricted',
      actor: 'seller',
    });
  });

  test('to be started behind one that waits for a hold names the hold, not Stripe', async () => {
    const { sellerId, payoutId } = await stage.orderPayout({ amount: 60_00 });
    await api.post(`/v1/sellers/${sellerId}/holds`, { reason: 'odd orders' });
    await reservePayout(api.db, payoutId);
    const { body } = await api.post(`/v1/sellers/${sellerId}/payouts`, { amount: 10_00 });
    expect((await explain(body['id'] as PayoutId)).waits[0]).toMatchObject({
      reason: `Payout ${payoutId} goes first. This payout starts when payout ${payoutId} no longer waits for a hold`,
      actor: 'operator',
      liftedBy:
        'Releasing enough of the holds that the other payout waits for, or canceling that payout',
    });
  });

  test('for another payout names it', async () => {
    const { sellerId, payoutId } = await stage.orderPayout({ amount: 60_00 });
    await stage.reserve(payoutId);
    const { body } = await api.post(`/v1/sellers/${sellerId}/payouts`, { amount: 10_00 });
    const second = await stage.reserve(body['id'] as PayoutId);
    expect(reasonsOf(await explain(second))).toEqual([
      `Payout ${payoutId} of this seller and currency has no answer from Stripe yet`,
    ]);
  });

  test('because its seller is paused says it once, with who paused it and why', async () => {
    const { sellerId, payoutId } = await stage.orderPayout();
    const paused = { by: 'back office', reason: 'The seller is paused: odd logins' };
    await stage.pause(sellerId);
    await reservePayout(api.db, payoutId);
    expect((await explain(payoutId)).waits).toMatchObject([{ for: 'seller-paused', ...paused }]);
    const own = (await explain(sellerId)).waits.filter(({ reason }) => reason.includes('paused'));
    expect(own).toMatchObject([{ for: 'paused', ...paused }]);
  });

  test('for an account that Stripe rejected is not told to wait for the seller', async () => {
    const { sellerId, payoutId } = await stage.orderPayout();
    await stage.situations['was rejected by Stripe'](sellerId);
    for (const reason of ['start', 'seller-not-active', 'capability'] as const) {
      if (reason !== 'start') {
        await recordWait(api.db, await readPayout(api.db, payoutId), { reason, minutes: 60 });
      }
      const { waits } = await explain(payoutId);
      expect(waits.map((one) => [one.for, one.actor])).toEqual([
        [reason, 'platform'],
        ['account-rejected', 'platform'],
      ]);
      expect(waits[0]?.reason).toMatch(/^Stripe rejected the seller’s account/);
    }
  });
});

describe('while Stripe is known not to answer', () => {
  const outage = 'stripe-answer';
  const reasons = async (id: PayoutId | SellerId, of: TestApi) =>
    (await explain(id, of)).waits.map((one) => one.for);
  const beginOutage = async () => {
    const own = await startApi();
    const silence = { name: stripeAnswers, remedy: 'Is it up?' };
    await recordCheck(own.db, { ...silence, passed: false });
    const endOutage = () => recordCheck(own.db, { ...silence, passed: true });
    return { own, stages: payoutStages(own), endOutage };
  };

  test('what was not asked for yet says so, until it answers again', async () => {
    const { own, stages, endOutage } = await beginOutage();
    const { sellerId, payoutId } = await stages.orderPayout();
    expect(await reasons(payoutId, own)).toEqual(['start', outage]);
    expect((await explain(payoutId, own)).waits[1]).toMatchObject({ actor: 'stripe', by: null });
    expect(await reasons(sellerId, own)).toEqual(['start', outage]);
    await stages.reserve(payoutId);
    expect(await reasons(payoutId, own)).toEqual([outage]);
    await endOutage();
    expect(await reasons(payoutId, own)).toEqual([]);
    expect(await reasons(sellerId, own)).toEqual([]);
  });

  test('what waits for somebody else, or for a later look, says only that', async () => {
    const { own, stages } = await beginOutage();
    const { payoutId } = await stages.orderPayout();
    for (const reason of ['hold', 'cooling-period'] as const) {
      await recordWait(own.db, await readPayout(own.db, payoutId), { reason, minutes: 60 });
      expect(await reasons(payoutId, own)).toEqual([reason]);
    }
    const sent = (await stages.orderPayout()).payoutId;
    await stages.send(sent, later.slice(0, 10));
    expect(await reasons(sent, own)).toEqual(['bank']);
  });

  test('a seller says it once, beside a request that says it as well', async () => {
    const { own, stages } = await beginOutage();
    const { sellerId, payoutId } = await stages.orderPayout();
    const key = await stages.attempt(await stages.reserve(payoutId), 'transfer');
    const error = { statusCode: null, type: null, code: null, requestId: null };
    await recordPutOff(own.db, { key, error, isDenied: false });
    expect(await reasons(payoutId, own)).toEqual([outage]);
    expect(await reasons(sellerId, own)).toEqual([outage]);
  });
});

describe('a payout that waits for the platform’s balance', () => {
  const runShort = async (of: TestApi) => {
    const stages = payoutStages(of);
    const { sellerId, payoutId } = await stages.orderPayout();
    await stages.reserve(payoutId);
    const row = await readPayout(of.db, payoutId);
    await recordWait(of.db, row, { reason: 'platform-balance', minutes: 60 });
    return { sellerId, payoutId };
  };
  const needs = 'The payout needs 100.00 EUR of the platform’s balance at Stripe, which';

  test('says what it needs and what Stripe has, in its currency', async () => {
    const { sellerId, payoutId } = await runShort(api);
    await sandbox.fund(500_00, 'usd');
    await sandbox.fund(20_00, 'eur');
    const there = await sandbox.available(undefined, 'eur'); // less Stripe's fee
    const short = `${needs} has ${formatMoney(money(there, 'eur'))} available. The payout continues when enough money arrives there`;
    expect(reasonsOf(await explain(payoutId))).toEqual([short]);
    expect(reasonsOf(await explain(sellerId))).toContain(`Payout ${payoutId}: ${short}`);
    await sandbox.fund(100_00, 'eur');
    const enough = /which now has .* EUR available\. The payout continues at its next check/;
    expect(reasonsOf(await explain(payoutId))[0]).toMatch(enough);
  });

  test('says what it needs when Stripe does not answer', async () => {
    const own = await startApi();
    const { payoutId } = await runShort(own);
    expect(reasonsOf(await explain(payoutId, own))).toEqual([
      `${needs} had less. The payout continues when enough money arrives there`,
    ]);
  });
});
