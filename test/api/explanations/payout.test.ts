import { beforeAll, describe, expect, test } from 'vitest';

import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout, recordPayoutStarted } from '../../../db/payouts/rows.ts';
import { parkPayout, recordPaid, recordWait } from '../../../db/payouts/steps.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { recordPutOff, recordRefused } from '../../../db/stripe/answers.ts';
import type { PayoutId } from '../../../domain/ids.ts';
import type { WaitReason } from '../../../domain/waits.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { lacksDetails } from '../../build/seller-situations.ts';
import { startApi, type TestApi } from '../harness.ts';

type Explained = {
  asOf: string;
  summary: string;
  isLate: boolean;
  waits: { for: string; actor: string; since: string; commands: { path: string }[] }[];
  next: { what: string; at: string | null }[];
  happened: { kind: string; at: string }[];
  decisions: { what: string; apiKeyName: string }[];
  earnings: { count: number; first: { externalId: string }[] };
  attempts: { state: string; refusal: string | null }[];
  payout: { id: string; status: string };
};

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

async function explain(id: PayoutId, of = api): Promise<Explained> {
  const { status, body } = await of.get(`/v1/payouts/${id}/explain`);
  expect(status).toBe(200);
  return body as unknown as Explained;
}

const waitFor = async (id: PayoutId, reason: WaitReason) =>
  recordWait(api.db, await readPayout(api.db, id), { reason, minutes: 60 });

const requested = async () => (await stages.orderPayout()).payoutId;
const reserved = async () => stages.reserve(await requested());
const sent = async () => stages.send(await requested());
async function transferred(): Promise<PayoutId> {
  const payoutId = await reserved();
  await stages.transfer(payoutId);
  return payoutId;
}
const waiting = (stage: () => Promise<PayoutId>, reason: WaitReason) => async () => {
  const id = await stage();
  await waitFor(id, reason);
  return id;
};
const putOff = (statusCode: number | null) => async () => {
  const id = await reserved();
  const key = await stages.attempt(id, 'transfer');
  const error = { statusCode, type: null, code: null, requestId: null };
  await recordPutOff(api.db, { key, error, isDenied: false });
  return id;
};
const parked = (reason: Parameters<typeof parkPayout>[2]) => async () => {
  const id = await reserved();
  await parkPayout(api.db, await readPayout(api.db, id), reason);
  return id;
};
const back = (status: 'failed' | 'canceled', failureCode: string | null) => async () => {
  const row = await sent();
  await recordReturn(api.db, row, { status, failureCode });
  return row.payoutId;
};

const stop = ['paid', 'settle'];
const untilTheEnd = ['reserve', 'transfer', 'payout', ...stop];

describe('where is this payout, and who must act', () => {
  test.each<
    [why: string, make: () => Promise<PayoutId>, waits: string, who: string, next: string[]]
  >([
    // situation            how it comes about                               waits for            who         then
    ['ordered', requested, 'start', 'engine', untilTheEnd],
    [
      'early',
      waiting(requested, 'seller-not-active'),
      'seller-not-active',
      'seller',
      ['look-again', ...untilTheEnd],
    ],
    [
      'second',
      waiting(requested, 'another-payout'),
      'another-payout',
      'engine',
      ['look-again', ...untilTheEnd],
    ],
    [
      'short of money',
      waiting(reserved, 'platform-balance'),
      'platform-balance',
      'platform',
      ['look-again', 'transfer', 'payout', ...stop],
    ],
    [
      'restricted',
      waiting(reserved, 'capability'),
      'capability',
      'seller',
      ['look-again', 'transfer', 'payout', ...stop],
    ],
    ['arriving', waiting(transferred, 'arrival'), 'arrival', 'engine', ['payout', ...stop]],
    [
      'short there',
      waiting(transferred, 'account-balance'),
      'account-balance',
      'engine',
      ['look-again', 'payout', ...stop],
    ],
    [
      'without a bank',
      waiting(transferred, 'bank-details'),
      'bank-details',
      'seller',
      ['look-again', 'payout', ...stop],
    ],
    [
      'at an account that Stripe pays out too',
      waiting(reserved, 'automatic-payouts'),
      'automatic-payouts',
      'engine',
      ['look-again', 'transfer', 'payout', ...stop],
    ],
    [
      'too many',
      waiting(transferred, 'stripe-limit'),
      'stripe-limit',
      'engine',
      ['look-again', 'payout', ...stop],
    ],
    [
      'answer lost',
      waiting(transferred, 'outcome-look-up'),
      'outcome-look-up',
      'engine',
      ['look-again', 'payout', ...stop],
    ],
    [
      'stopped, and resumed since',
      waiting(transferred, 'money-stopped'),
      'money-stopped',
      'engine',
      ['look-again', 'payout', ...stop],
    ],
    ['without an answer', putOff(null), 'stripe-answer', 'stripe', ['transfer', 'payout', ...stop]],
    ['put off', putOff(503), 'stripe-answer', 'stripe', ['transfer', 'payout', ...stop]],
    ['on its way', async () => (await sent()).payoutId, 'bank', 'bank', ['look-again', ...stop]],
    [
      'there',
      async () => (await recordPaid(api.db, await sent(), 10)).payoutId,
      'late-return',
      'engine',
      ['settle'],
    ],
    ['in doubt', () => stages.parkUnknown('transfer'), 'outcome-unknown', 'operator', []],
    ['refused', parked('refused-by-stripe'), 'refused-by-stripe', 'operator', []],
    ['odd', parked('unexpected-state'), 'unexpected-state', 'operator', []],
  ])('one that is %s is told by what it waits for', async (_why, make, reason, actor, next) => {
    const id = await make();
    const told = await explain(id);
    const [first] = told.waits;
    expect(first).toMatchObject({ for: reason, actor, since: expect.stringMatching(/Z$/) });
    expect(told.next.map(({ what }) => what)).toEqual(next);
    expect(told.payout.id).toBe(id);
    if (actor === 'operator') expect(first?.commands.length).toBeGreaterThan(0);
  });

  test.each<[status: string, make: () => Promise<PayoutId>, words: RegExp]>([
    [
      'failed',
      back('failed', 'account_closed'),
      /back at the seller’s account at Stripe.*account_closed/,
    ],
    ['canceled', back('canceled', null), /^100\.00 EUR canceled/],
    [
      'returned',
      async () => {
        const row = { ...(await sent()) };
        await recordPaid(api.db, row, 10);
        await recordReturn(api.db, row, { status: 'failed', failureCode: 'no_account' });
        return row.payoutId;
      },
      /returned from the bank.*no_account/,
    ],
    [
      'skipped',
      async () => {
        const { payoutId } = await stages.orderPayout({ amount: 200_00 });
        await reservePayout(api.db, payoutId);
        return payoutId;
      },
      /^200\.00 EUR ended without moving money\. More was ordered/,
    ],
  ])('one that is over, %s, waits for nothing and says why', async (status, make, words) => {
    const told = await explain(await make());
    expect(told).toMatchObject({ payout: { status }, waits: [], next: [] });
    expect(told.summary).toMatch(words);
  });

  test('one whose seller cannot be paid also says what the seller has to do', async () => {
    const id = await requested();
    await api.db
      .updateTable('sellers')
      .set({
        status: 'restricted',
        payouts_capability: 'restricted',
        capability_details: lacksDetails,
        account_read_at: '2026-01-01T00:00:00Z',
      })
      .where('id', '=', (await readPayout(api.db, id)).sellerId)
      .execute();
    const { waits } = await explain(id);
    expect(waits.map((one) => one.for)).toEqual(['start', 'capability']);
    expect(waits[1]?.commands[0]?.path).toMatch(/onboarding-link$/);
  });

  test('one that the banks have for longer than a week is late', async () => {
    const { payoutId } = await sent();
    expect((await explain(payoutId)).isLate).toBe(false);
    await api.db
      .updateTable('payouts')
      .set({ sent_at: '2026-01-01T00:00:00Z' })
      .where('id', '=', payoutId)
      .execute();
    const told = await explain(payoutId);
    expect([told.isLate, told.summary]).toEqual([
      true,
      expect.stringContaining('The payout is late'),
    ]);
  });
});

describe('what a payout is told', () => {
  test('while Stripe refuses the key is that, how often it was asked and who puts it right', async () => {
    const { waits, summary } = await explain(await putOff(401)());
    expect(waits).toMatchObject([{ for: 'stripe-key', actor: 'operator' }]);
    expect(summary).toContain(
      'Stripe refuses the engine’s key. The engine asked once for the transfer',
    );
  });

  test('names the earnings, the answers of Stripe, the events in order and who decided', async () => {
    const { payoutId } = await stages.orderPayout({ amount: 60_00 });
    await recordPayoutStarted(api.db, payoutId);
    await reservePayout(api.db, payoutId);
    const key = await stages.attempt(payoutId, 'transfer');
    const error = {
      statusCode: 400,
      type: 'invalid_request_error',
      code: null,
      requestId: 'req_1',
    };
    await recordRefused(api.db, { key, refusal: 'balance-insufficient', error });
    await waitFor(payoutId, 'platform-balance');
    const told = await explain(payoutId);
    expect(told.earnings).toMatchObject({ count: 1, first: [{ externalId: 'order-1' }] });
    expect(told.attempts).toMatchObject([{ state: 'refused', refusal: 'balance-insufficient' }]);
    expect(told.decisions).toMatchObject([{ what: 'Ordered', apiKeyName: 'shop' }]);
    expect(told.happened.map(({ kind }) => kind).slice(0, 3)).toEqual([
      'command',
      'started',
      'reserve',
    ]);
    expect(told.happened.map(({ at }) => at)).toEqual(told.happened.map(({ at }) => at).toSorted());
    expect(told.waits[0]?.since).toBe((await readPayout(api.db, payoutId)).dates?.waiting);
    expect(told.summary).toMatch(
      /^60\.00 EUR reserved at the platform\. The payout needs 60\.00 EUR of the platform’s balance/,
    );
  });

  test('while Stripe does not answer is not what it waited for before it asked', async () => {
    const id = await waiting(transferred, 'arrival')();
    const key = await stages.attempt(id, 'payout');
    const error = { statusCode: null, type: null, code: null, requestId: null };
    await recordPutOff(api.db, { key, error, isDenied: false });
    expect((await explain(id)).waits.map((one) => one.for)).toEqual(['stripe-answer']);
  });

  test('is nothing about a payout that is none', async () => {
    for (const id of ['payout_00000000000000000000', 'nonsense', 'sel_00000000000000000000']) {
      const { status, body } = await api.get(`/v1/payouts/${id}/explain`);
      expect([status, body['type']]).toEqual([404, '/problems/unknown-payout']);
    }
  });
});
