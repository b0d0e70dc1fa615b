import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordPaid, recordWait } from '../../../db/payouts/steps.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { sellerSituations, type Situations } from '../../build/seller-situations.ts';
import { type MoneySandbox, startMoneySandbox } from '../../sandbox/money/stage.ts';
import { startApi, type TestApi } from '../harness.ts';
import { type Answers, askAll, plans } from './questions.ts';

let sandbox: MoneySandbox;
beforeAll(async () => {
  sandbox = await startMoneySandbox();
});
afterAll(() => sandbox.close());

type Stage = ReturnType<typeof payoutStages> &
  ReturnType<typeof sellerSituations> & { api: TestApi };
/** Brings a seller into a situation; answers with the payout that is asked about, if any. */
type Make = (stage: Stage, id: SellerId) => Promise<PayoutId | undefined>;

/** A situation of the table of reasons, and what comes on top of it. */
const as =
  (situation: keyof Situations, then?: (stage: Stage, id: SellerId) => Promise<unknown>): Make =>
  async (stage, id) => {
    await stage.situations[situation](id);
    await then?.(stage, id);
    return undefined;
  };
/** A payout of 100 euros, and how far it came. */
const payout =
  (then?: (stage: Stage, payoutId: PayoutId) => Promise<unknown>): Make =>
  async (stage, id) => {
    await stage.beActive(id);
    const { payoutId } = await stage.orderFor(id);
    await then?.(stage, payoutId);
    return payoutId;
  };
async function runShort({ api, reserve, attempt }: Stage, payoutId: PayoutId): Promise<void> {
  await reserve(payoutId);
  const key = await attempt(payoutId, 'transfer');
  const said = { statusCode: 400, type: 'invalid_request_error', code: null, requestId: 'req_1' };
  await recordRefused(api.db, { key, refusal: 'balance-insufficient', error: said });
  const row = await readPayout(api.db, payoutId);
  await recordWait(api.db, row, { reason: 'platform-balance', minutes: 60 });
}
async function beLate({ api, send }: Stage, payoutId: PayoutId): Promise<void> {
  await send(payoutId);
  const longAgo = { sent_at: '2026-01-01T00:00:00Z' };
  await api.db.updateTable('payouts').set(longAgo).where('id', '=', payoutId).execute();
}

const quiet: Answers = {
  unpaid: '-',
  next: '-',
  holder: '-',
  earnings: '-',
  stripe: '-',
  late: '-',
  todo: '-',
  me: '-',
  decided: 'Created by shop',
  differs: '-',
  missing: '-',
  release: '-',
};
const ordered = { decided: 'Ordered by shop' };
const carries = { ...ordered, earnings: 'order-1 10000 eur' };
const held = { holder: 'back office since then, release', me: 'held, 1 requests' };
const planned = plans.daily;

/** Each situation, and what is answered otherwise than by nothing. */
const table: Record<string, [make: Make, answers: Partial<Answers>]> = {
  'was just made': [
    as('was just made'),
    {
      unpaid: 'account-creation (engine); nothing-earned (platform)',
      differs: 'account-not-created',
    },
  ],
  'has something to enter': [
    as('has entered nothing', ({ ask }, id) => ask(id)),
    {
      unpaid: 'onboarding (seller); nothing-earned (platform)',
      next: 'requirement-due then',
      todo: 'date_of_birth by 2199-01-01',
    },
  ],
  'is being reviewed': [
    as('is being reviewed'),
    { unpaid: 'onboarding (stripe); nothing-earned (platform)' },
  ],
  'is restricted until Stripe has looked': [
    as('is restricted', ({ ask }, id) => ask(id, { mustAct: 'stripe', deadline: 'past_due' })),
    {
      unpaid: 'capability (stripe); nothing-earned (platform)',
      next: 'requirement-due then',
      todo: 'date_of_birth by 2199-01-01',
    },
  ],
  'was refused by Stripe': [
    as('was refused by Stripe'),
    {
      unpaid: 'account-refused (operator); nothing-earned (platform)',
      me: 'account-refused, 1 requests',
      differs: 'account-not-created',
    },
  ],
  'is active and earned nothing': [
    as('is active and earned nothing'),
    { unpaid: 'nothing-earned (platform)' },
  ],
  'has money and no payout': [
    as('has money and no payout'),
    { unpaid: 'no-payout (platform)', missing: '0 eur, not-ordered 7000 eur' },
  ],
  'has money for later': [
    as('has money for later'),
    { unpaid: 'not-yet-available (engine)', next: 'becomes-payable then 7000 eur' },
  ],
  'has a payday to come': [
    as('has a payday to come'),
    { ...planned, unpaid: 'payday (engine)', next: 'payday then 7000 eur', missing: '7000 eur' },
  ],
  'has something to enter before a day': [
    as('has a payday to come', ({ ask }, id) => ask(id)),
    {
      ...planned,
      unpaid: 'payday (engine)',
      next: 'payday then 7000 eur',
      todo: 'date_of_birth by 2199-01-01',
      missing: '7000 eur',
    },
  ],
  'has less than its minimum': [
    as('has less than its minimum'),
    {
      ...plans.minimum,
      unpaid: 'below-minimum (platform)',
      next: 'payday then',
      missing: '0 eur, below-minimum 7000 eur',
    },
  ],
  'has less than its threshold': [
    as('has less than its threshold'),
    { ...plans.threshold, unpaid: 'threshold (platform)', missing: '0 eur, not-ordered 7000 eur' },
  ],
  'reaches its threshold': [
    as('reaches its threshold'),
    {
      ...plans.reached,
      unpaid: 'threshold (engine)',
      next: 'threshold then 7000 eur',
      missing: '7000 eur',
    },
  ],
  'has an account below zero': [
    as('has an account below zero'),
    { unpaid: 'account-negative (platform)', differs: '500 eur' },
  ],
  'is paused before its payday': [
    as('has a payday to come', ({ pause }, id) => pause(id)),
    {
      unpaid: 'paused (operator); payday (engine)',
      next: 'payday then',
      holder: 'back office since then, resume',
      decided: `${planned.decided}; Paused by back office`,
      me: 'seller-paused, 1 requests',
      missing: '0 eur, seller-paused 7000 eur',
    },
  ],
  'has a part of its money held': [
    as('has money held'),
    {
      unpaid: 'hold (operator); no-payout (platform)',
      ...held,
      decided: 'Created by shop; Hold placed by back office',
      missing: '0 eur, not-ordered 5000 eur, on-hold 2000 eur',
      release: '7000 eur payable, 0 payouts go on, waits: no-payout',
    },
  ],
  'has all of its money held before its payday': [
    as('has a payday to come', ({ hold }, id) => hold(id)),
    {
      unpaid: 'hold (operator)',
      next: 'payday then',
      ...held,
      decided: `${planned.decided}; Hold placed by back office`,
      missing: '0 eur, on-hold 7000 eur',
      release: '7000 eur payable, 0 payouts go on, waits: payday',
    },
  ],
  'has a bank account that failed': [
    as('has a bank account that failed'),
    {
      ...planned,
      unpaid: 'bank-account (seller); payday (engine)',
      next: 'payday then',
      differs: '-10000 eur',
      missing: '0 eur, bank-details 10000 eur',
    },
  ],
  'is closed': [as('is closed'), { unpaid: 'closed (platform)' }],
  'ordered a payout': [
    payout(),
    { ...ordered, unpaid: 'start (engine)', next: 'reserve', missing: '10000 eur' },
  ],
  'waits with its payout for a hold': [
    async (stage, id) => {
      await stage.beActive(id);
      await stage.hold(id);
      return stage.reserve((await stage.orderFor(id)).payoutId);
    },
    {
      ...ordered,
      unpaid: 'hold (operator); hold (operator)',
      next: 'look-again then',
      ...held,
      missing: '0 eur, on-hold 10000 eur',
      release: '10000 eur payable, 1 payouts go on, waits: -',
    },
  ],
  'waits until money is resumed': [
    payout(({ api }) =>
      api.post('/v1/operations/stop-money', { reason: 'a look at the books' }, { as: 'other' }),
    ),
    {
      ...ordered,
      unpaid: 'money-stopped (operator); start (engine)',
      next: 'reserve',
      holder: 'back office since then, resume-money',
      me: 'money-stopped, 1 requests',
      missing: '10000 eur',
    },
  ],
  'waits for money of the platform': [
    payout(runShort),
    {
      ...carries,
      unpaid: 'platform-balance (platform)',
      next: 'look-again then 10000 eur',
      me: 'platform-money-missing, 0 requests',
      stripe: 'transfer balance-insufficient',
      missing: '10000 eur',
    },
  ],
  'has a payout that nobody knows of': [
    payout(({ unknownFor }, payoutId) => unknownFor(payoutId, 'transfer')),
    {
      ...carries,
      unpaid: 'outcome-unknown (operator)',
      stripe: 'transfer unknown',
      late: 'lost',
      me: 'outcome-unknown, 2 requests',
      missing: '10000 eur',
    },
  ],
  'has money that Stripe does not have at its account': [
    payout(async ({ reserve, transfer }, payoutId) => transfer(await reserve(payoutId))),
    { ...carries, next: 'payout 10000 eur', stripe: 'transfer succeeded', differs: '-10000 eur' },
  ],
  'has money on its way to the bank': [
    payout(({ send }, payoutId) => send(payoutId)),
    {
      ...carries,
      unpaid: 'bank (bank)',
      next: 'look-again then 10000 eur',
      stripe: 'transfer succeeded; payout succeeded',
    },
  ],
  'has money on its way to the bank for too long': [
    payout(beLate),
    {
      ...carries,
      unpaid: 'bank (operator)',
      next: 'look-again then 10000 eur',
      stripe: 'transfer succeeded; payout succeeded',
      late: 'late',
      me: 'late, 2 requests',
    },
  ],
  'was paid': [
    payout(async ({ api, send }, payoutId) => recordPaid(api.db, await send(payoutId), 10)),
    { ...carries, next: 'settle then 10000 eur', stripe: 'transfer succeeded; payout succeeded' },
  ],
};

describe('every question is answered by one call', () => {
  test.each(Object.entries(table))('of a seller who %s', async (name, [make, answers]) => {
    const api = await startApi({ stripeAt: sandbox.url });
    const sellerId: SellerId = await api.makeSeller();
    const stage = { api, ...payoutStages(api), ...sellerSituations(api) };
    if (!['was just made', 'was refused by Stripe'].includes(name)) {
      await stage.set(sellerId, { stripe_account: await sandbox.seller('de') });
    }
    const payoutId = await make(stage, sellerId);
    expect(await askAll(api, { sellerId, payoutId })).toEqual({ ...quiet, ...answers });
  });
});
