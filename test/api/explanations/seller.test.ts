import { beforeAll, describe, expect, test } from 'vitest';
import { parkSeller } from '../../../db/accounts/parked.ts';
import { moneyParts } from '../../../domain/headlines/sums.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { daily, later, sellerSituations, type Situations } from '../../build/seller-situations.ts';
import { startApi, type TestApi } from '../harness.ts';

type Waiting = {
  for: string;
  actor: string;
  reason: string;
  liftedBy: string;
  commands: { method: string; path: string; body: Record<string, string> }[];
  lookAgainAt: string | null;
};
type Explained = {
  summary: string;
  waits: Waiting[];
  requirements: unknown[];
  bankAccounts: unknown[];
  payday: { at: string } | null;
  next: { what: string; at: string | null; text: string }[];
  money: Record<string, { amount: number }>[];
  payouts: { id: string; summary: string }[];
  happened: { kind: string }[];
  decisions: { what: string; apiKeyName: string }[];
};

let api: TestApi;
let stage: ReturnType<typeof sellerSituations>;
beforeAll(async () => {
  api = await startApi();
  stage = sellerSituations(api);
});

async function explain(id: SellerId, of = api): Promise<Explained> {
  const { status, body } = await of.get(`/v1/sellers/${id}/explain`);
  expect(status).toBe(200);
  return body as unknown as Explained;
}

describe('why is this seller not paid, and who must act', () => {
  test.each<
    [situation: keyof Situations, waits: string, who: string, command: string | null, next: string]
  >([
    ['was just made', 'account-creation', 'engine', null, ''],
    ['has an account that was not read', 'account-read', 'engine', null, ''],
    ['has entered nothing', 'onboarding', 'seller', 'onboarding-link', ''],
    ['is being reviewed', 'onboarding', 'stripe', null, ''],
    ['is not on manual payouts', 'manual-payouts', 'engine', null, ''],
    ['is active and earned nothing', 'nothing-earned', 'platform', null, ''],
    ['has money and no payout', 'no-payout', 'platform', 'payouts', ''],
    ['has money for later', 'not-yet-available', 'engine', null, 'becomes-payable'],
    [
      'has money that nobody knows the date of',
      'not-yet-available',
      'engine',
      null,
      'becomes-payable',
    ],
    ['has a payout that did not start', 'start', 'engine', null, 'reserve'],
    ['is restricted', 'capability', 'seller', 'onboarding-link', ''],
    ['is restricted, and nobody says why', 'capability', 'operator', null, ''],
    ['was rejected by Stripe', 'account-rejected', 'platform', 'close', ''],
    ['was refused by Stripe', 'account-refused', 'operator', 'retry', ''],
    ['has payouts that Stripe keeps automatic', 'manual-payouts-refused', 'operator', 'retry', ''],
    [
      'has an account that nobody knows of',
      'account-outcome-unknown',
      'operator',
      'confirm-account-created',
      '',
    ],
    ['has an account below zero', 'account-negative', 'platform', null, ''],
    ['is paused', 'paused', 'operator', 'resume', ''],
    ['has money held', 'hold', 'operator', '/release', ''],
    ['is closed', 'closed', 'platform', 'reopen', ''],
    ['has a payday to come', 'payday', 'engine', 'payouts', 'payday'],
    ['has less than its minimum', 'below-minimum', 'platform', 'payouts', 'payday'],
    ['earned after the cut-off', 'payday', 'engine', 'payouts', 'payday'],
    ['has less than its threshold', 'threshold', 'platform', 'payouts', ''],
    ['reaches its threshold', 'threshold', 'engine', null, 'threshold'],
    ['has a bank account that failed', 'bank-account', 'seller', 'onboarding-link', 'payday'],
  ])('one who %s waits for %s by the %s', async (situation, reason, actor, command, next) => {
    const id: SellerId = await api.makeSeller();
    await stage.situations[situation](id);
    const told = await explain(id);
    const [first] = told.waits;
    expect(first).toMatchObject({ for: reason, actor });
    const path = first?.commands[0]?.path ?? null;
    if (command === null) expect(path).toBeNull();
    else expect(path).toMatch(new RegExp(`(/v1/sellers/${id}/|/v1/holds/hold_.*)${command}$`));
    expect(first?.liftedBy).toMatch(/^[A-Z]/);
    expect(told.summary).toContain(first?.reason);
    expect(told.next.map(({ what }) => what)).toEqual(next === '' ? [] : [next]);
    expect(JSON.stringify(told)).not.toContain('@');
  });

  test('an account that is paused though nothing is due says who must act, to both', async () => {
    const id: SellerId = await api.makeSeller();
    await stage.situations['was rejected by Stripe'](id);
    expect(await explain(id)).toMatchObject({
      account: {
        next: 'operator',
        forSeller: expect.stringContaining('write to support; your money is safe'),
        forOperator:
          'Stripe rejected the account as fraud. This is permanent unless Stripe withdraws the rejection: ask Stripe',
      },
      waits: [{ for: 'account-rejected' }, {}],
    });
    const { body } = await api.get(`/v1/sellers/${id}`);
    expect(body).toMatchObject({
      capabilities: { reasons: [{ code: 'rejected_fraud', next: 'operator' }] },
    });
  });

  test('the sums of every situation add up to what was earned', async () => {
    for (const make of Object.values(stage.situations)) {
      const id: SellerId = await api.makeSeller();
      await make(id);
      for (const { earned, ...parts } of (await explain(id)).money) {
        const sums = moneyParts.map((part) => parts[part]?.amount ?? NaN);
        expect(sums.reduce((all, one) => all + one, 0)).toBe(earned?.amount);
      }
    }
  });

  test('the table has every situation there is', () => {
    expect(Object.keys(stage.situations)).toHaveLength(26);
  });

  test('the commands it names are taken as they are named', async () => {
    const id: SellerId = await api.makeSeller();
    await stage.situations['has money and no payout'](id);
    const [first] = (await explain(id)).waits;
    const command = first?.commands[0];
    if (!command) throw new Error('there is no command');
    expect((await api.post(command.path, command.body)).status).toBe(202);
    expect((await explain(id)).waits).toMatchObject([{ for: 'start' }]);
  });
});

describe('what a seller is told', () => {
  test('about money: how much now, how much later, and when', async () => {
    const id: SellerId = await api.makeSeller({ status: 'active' });
    await stage.earn(id);
    await stage.earn(id, { amount: 20_00, availableOn: later });
    await stage.earn(id, { amount: 500, currency: 'jpy' });
    const { money, summary, next } = await explain(id);
    expect(money).toMatchObject([
      {
        payable: { amount: 70_00, currency: 'eur' },
        notYetAvailable: { amount: 20_00, currency: 'eur' },
        becomesPayable: [{ at: later, money: { amount: 20_00, currency: 'eur' } }],
      },
      // No bank account takes yen, so that Stripe would convert them.
      { payable: { amount: 0 }, stopped: { amount: 500, currency: 'jpy' }, becomesPayable: [] },
    ]);
    expect(summary).toContain(
      '70.00 EUR payable now, 20.00 EUR payable later, 500 JPY that cannot be paid now',
    );
    expect(next).toMatchObject([{ what: 'becomes-payable', at: later }]);
  });

  test('about who decided: the API keys, by name', async () => {
    const id: SellerId = await api.makeSeller();
    await parkSeller(api.db, id, 'account-refused');
    await api.post(`/v1/sellers/${id}/retry`, {}, { as: 'other' });
    const { decisions } = await explain(id);
    expect(decisions).toMatchObject([
      { what: 'Created', apiKeyName: 'shop' },
      { what: 'Retry ordered', apiKeyName: 'back office' },
    ]);
  });

  test('about who held its money and let it go, when and why, and who holds it still', async () => {
    const id: SellerId = await api.makeSeller();
    await stage.situations['has money held'](id);
    const [first] = (await explain(id)).waits;
    await api.post(first?.commands[0]?.path ?? '', { reason: 'papers came' });
    await stage.hold(id);
    const { decisions, waits, money, summary } = await explain(id);
    const about = expect.stringMatching(/^hold_/);
    expect(decisions.slice(1)).toMatchObject([
      { what: 'Hold placed', about, reason: 'odd orders', apiKeyName: 'back office' },
      { what: 'Hold released', about, reason: 'papers came', apiKeyName: 'shop' },
      { what: 'Hold placed', about, reason: 'odd orders', apiKeyName: 'back office' },
    ]);
    expect(waits).toMatchObject([{ for: 'hold', by: 'back office' }]);
    expect(money).toMatchObject([{ payable: { amount: 0 }, held: { amount: 70_00 } }]);
    expect(summary).toContain('70.00 EUR held');
  });

  test('about what Stripe asks for: what, of whom, by when, and what stands still without it', async () => {
    const id: SellerId = await api.makeSeller();
    await stage.situations['is restricted'](id);
    await stage.ask(id);
    const { requirements, waits, summary } = await explain(id);
    const text =
      'The seller must provide: date of birth (by 1 Jan 2199); needed for payouts to the bank';
    expect(requirements).toMatchObject([{ mustAct: 'seller', deadlineAt: later, text }]);
    const asked = 'Stripe asks the seller for date of birth by 1 Jan 2199';
    expect(waits[0]?.reason).toContain(asked);
    expect(summary).toContain(asked);
  });

  test('about what becomes payable: which payday would pay it, after the cut-off of the one before', async () => {
    const id: SellerId = await api.makeSeller({ status: 'active' });
    await stage.plan(id, { ...daily, cutOffHours: 24 });
    const at = '2198-12-30T09:00:00.000Z'; // a Sunday, an hour after nine
    await stage.earn(id, { availableOn: at });
    const { next } = await explain(id);
    expect(next).toContainEqual(
      expect.objectContaining({
        what: 'becomes-payable',
        at,
        text: '70.00 EUR becomes payable; the payday of Wed, 2 Jan 2199, 09:00 Europe/Berlin would pay this money',
      }),
    );
  });

  const unplanned = '70.00 EUR becomes payable; no payday pays this money: order a payout';
  const atOnce = 'it is paid at once if the threshold of 90.00 EUR is reached';
  test.each([
    [{ interval: 'manual' }, unplanned],
    [{ interval: 'manual', thresholds: { eur: 90_00 } }, `${unplanned}; ${atOnce}`],
  ])('about what becomes payable without a payday: %j', async (schedule, text) => {
    const id: SellerId = await api.makeSeller({ status: 'active' });
    await stage.plan(id, schedule);
    await stage.earn(id, { availableOn: later });
    const { next } = await explain(id);
    expect(next).toContainEqual(expect.objectContaining({ what: 'becomes-payable', text }));
  });

  test('about a rejected account: that it is for good, who can act, and where the money stays', async () => {
    const id: SellerId = await api.makeSeller();
    await stage.situations['was rejected by Stripe'](id);
    const { waits, summary } = await explain(id);
    const [first] = waits;
    const end = /^Withdrawing the rejection\. .* Only Stripe withdraws a rejection by Stripe: the/;
    expect(first?.liftedBy).toMatch(end);
    const what = /rejected the seller’s account permanently.*money at the platform stays there/;
    expect(summary).toMatch(what);
    expect(JSON.stringify(waits)).not.toContain('onboarding-link');
    await stage.beActive(id);
    expect((await explain(id)).waits.map((one) => one.for)).not.toContain('account-rejected');
  });

  test('about its bank accounts: which, paused since when, why, and never what tells them apart', async () => {
    const id: SellerId = await api.makeSeller();
    await stage.situations['has a bank account that failed'](id);
    const told = await explain(id);
    const since = expect.stringMatching(/Z$/);
    expect(told.bankAccounts).toMatchObject([
      {
        currency: 'eur',
        isDefault: true,
        paused: { since, code: 'account_closed', forOperator: 'The bank account is closed' },
      },
    ]);
    expect(told.waits[0]).toMatchObject({
      reason: 'Nothing is sent to the seller’s bank account for EUR: The bank account is closed',
      liftedBy: expect.stringContaining('Money that came back is then paid again automatically'),
      commands: [
        { path: `/v1/sellers/${id}/onboarding-link` },
        { path: `/v1/sellers/${id}/account-session` },
        { path: `/v1/sellers/${id}/bank-accounts/ba_${id.slice(4)}/resume` },
      ],
    });
    expect(JSON.stringify(told)).not.toContain('fingerprint');
    const resumed = await api.post(told.waits[0]?.commands[2]?.path ?? '', {});
    expect(resumed.status).toBe(200);
    expect((await explain(id)).bankAccounts).toMatchObject([{ paused: null }]);
  });

  test('about its next payday: when, how much, and that one that passed is kept', async () => {
    const id: SellerId = await api.makeSeller();
    await stage.situations['has a payday to come'](id);
    const { payday } = await explain(id);
    expect(payday).toMatchObject({ isKept: false, money: [{ pays: { amount: 70_00 } }] });
    await api.post(`/v1/sellers/${id}/pause`, { reason: 'odd logins' });
    const passed = '2026-01-02T08:00:00.000Z';
    await stage.set(id, { next_payout_at: passed });
    await api.db
      .updateTable('earnings')
      .set({ created_at: passed, available_on: passed })
      .execute();
    const kept = await explain(id);
    expect(kept.payday).toMatchObject({ isKept: true, money: [{ reason: 'seller-paused' }] });
    expect(kept.next[0]).toMatchObject({ what: 'payday', at: null });
  });

  test('is nothing about a seller that is none', async () => {
    for (const id of ['sel_00000000000000000000', 'nonsense', 'payout_00000000000000000000']) {
      const { status, body } = await api.get(`/v1/sellers/${id}/explain`);
      expect([status, body['type']]).toEqual([404, '/problems/unknown-seller']);
    }
  });
});
