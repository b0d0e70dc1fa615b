import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordRefused } from '../../db/attempts.ts';
import { recordPaid } from '../../db/payout-steps.ts';
import { readPayout, recordWait } from '../../db/payouts.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { startMoneySandbox, type MoneySandbox } from '../sandbox/money-sandbox.ts';
import { startApi, type TestApi } from './harness.ts';
import { payoutStages } from './payout-stages.ts';
import { askAll, type Answers } from './questions.ts';
import { daily, later, sellerSituations, type Situations } from './seller-situations.ts';

let sandbox: MoneySandbox;
beforeAll(async () => {
  sandbox = await startMoneySandbox();
});
afterAll(() => sandbox.close());

type Stage = ReturnType<typeof payoutStages> &
  ReturnType<typeof sellerSituations> & { api: TestApi };
/** Brings a seller into a situation; answers with the payout that is asked about. */
type Make = (stage: Stage, id: SellerId) => Promise<PayoutId | undefined>;

const as =
  (situation: keyof Situations): Make =>
  async ({ situations }, id) => {
    await situations[situation](id);
    return undefined;
  };
const ordered: Make = async ({ beActive, orderFor }, id) => {
  await beActive(id);
  return (await orderFor(id)).payoutId;
};
const sent: Make = async (stage, id) => {
  const payoutId = await ordered(stage, id);
  if (payoutId) await stage.send(payoutId);
  return payoutId;
};

const quiet: Answers = {
  'why is this seller not paid?': '-',
  'when next, and how much?': '-',
  'who holds it, since when, what lifts it?': '-',
  'which earnings are in this payout?': '-',
  'what did Stripe say?': '-',
  'is it lost or late?': '-',
  'what does the seller have to do, by when?': '-',
  'what waits for me?': '-',
  'who decided this?': 'Made known by shop',
  'what differs from Stripe?': '-',
  'what is missing to pay Friday?': '-',
  'what would happen if I release this?': '-',
};

/** Each situation, and what is answered otherwise than by nothing. */
const table: [situation: string, make: Make, answers: Partial<Answers>][] = [
  ['was just made', as('was just made'), {}],
  ['has an account that was not read', as('has an account that was not read'), {}],
  [
    'has something to enter',
    async (stage, id) => {
      await stage.situations['has entered nothing'](id);
      await stage.ask(id);
      return undefined;
    },
    {},
  ],
  ['is being reviewed', as('is being reviewed'), {}],
  ['was refused by Stripe', as('was refused by Stripe'), {}],
  ['is active and earned nothing', as('is active and earned nothing'), {}],
  ['has money and no payout', as('has money and no payout'), {}],
  ['has money for later', as('has money for later'), {}],
  ['has a payday to come', as('has a payday to come'), {}],
  ['has less than its minimum', as('has less than its minimum'), {}],
  ['reaches its threshold', as('reaches its threshold'), {}],
  ['has an account below zero', as('has an account below zero'), {}],
  ['is restricted', as('is restricted'), {}],
  [
    'is paused before its payday',
    async (stage, id) => {
      await stage.situations['has a payday to come'](id);
      await stage.api.post(`/v1/sellers/${id}/pause`, { reason: 'odd logins' }, { as: 'other' });
      return undefined;
    },
    {},
  ],
  ['has money held', as('has money held'), {}],
  [
    'has money held before its payday',
    async (stage, id) => {
      await stage.situations['has a payday to come'](id);
      await stage.api.post(`/v1/sellers/${id}/holds`, { reason: 'odd orders' }, { as: 'other' });
      return undefined;
    },
    {},
  ],
  ['has a bank account that failed', as('has a bank account that failed'), {}],
  [
    'has to give something before a day',
    async (stage, id) => {
      await stage.situations['has a payday to come'](id);
      await stage.ask(id);
      return undefined;
    },
    {},
  ],
  ['ordered a payout', ordered, {}],
  [
    'waits for a hold with its payout',
    async (stage, id) => {
      await stage.beActive(id);
      await stage.api.post(`/v1/sellers/${id}/holds`, { reason: 'odd orders' });
      return stage.reserve((await stage.orderFor(id)).payoutId);
    },
    {},
  ],
  [
    'is paid while the platform is short',
    async (stage, id) => {
      const payoutId = (await ordered(stage, id)) as PayoutId;
      await stage.reserve(payoutId);
      const key = await stage.attempt(payoutId, 'transfer');
      await recordRefused(stage.api.db, {
        key,
        refusal: 'balance-insufficient',
        error: refusedError,
      });
      const payout = await readPayout(stage.api.db, payoutId);
      await recordWait(stage.api.db, payout, { reason: 'platform-balance', minutes: 60 });
      return payoutId;
    },
    {},
  ],
  [
    'has money at its account',
    async (stage, id) => {
      const payoutId = (await ordered(stage, id)) as PayoutId;
      await stage.reserve(payoutId);
      await stage.transfer(payoutId);
      return payoutId;
    },
    {},
  ],
  ['has money on its way to the bank', sent, {}],
  [
    'has money at the bank for too long',
    async (stage, id) => {
      const payoutId = (await sent(stage, id)) as PayoutId;
      await stage.api.db
        .updateTable('payouts')
        .set({ sent_at: '2026-01-01T00:00:00Z' })
        .where('id', '=', payoutId)
        .execute();
      return payoutId;
    },
    {},
  ],
  [
    'was paid',
    async (stage, id) => {
      await stage.beActive(id);
      const { payoutId } = await stage.orderFor(id);
      await recordPaid(stage.api.db, await stage.send(payoutId), 10);
      return payoutId;
    },
    {},
  ],
  [
    'has a payout that nobody knows of',
    async (stage, id) => stage.unknownFor((await ordered(stage, id)) as PayoutId, 'transfer'),
    {},
  ],
  [
    'waits for money to be resumed',
    async (stage, id) => {
      await stage.api.post(
        '/v1/operations/stop-money',
        { reason: 'books are checked' },
        { as: 'other' },
      );
      return ordered(stage, id);
    },
    {},
  ],
  ['is closed', as('is closed'), {}],
];

const refusedError = {
  statusCode: 400,
  type: 'invalid_request_error',
  code: 'balance_insufficient',
  requestId: 'req_1',
};
const withoutAccount = ['was just made', 'was refused by Stripe'];

test.each(table)(
  'of a seller that %s every question has its answer',
  async (name, make, answers) => {
    const api = await startApi({ stripeAt: sandbox.url });
    const sellerId: SellerId = await api.makeSeller();
    const stage = { api, ...payoutStages(api), ...sellerSituations(api) };
    if (!withoutAccount.includes(name)) {
      await stage.set(sellerId, { stripe_account: await sandbox.seller('de') });
    }
    const payoutId = await make(stage, sellerId);
    const told = await askAll(api, { sellerId, payoutId });
    console.log(
      name,
      Object.fromEntries(Object.entries(told).filter(([q, a]) => a !== quiet[q as keyof Answers])),
    );
    expect(told).toEqual(expect.objectContaining({ ...answers }));
  },
);
(void daily, later);
