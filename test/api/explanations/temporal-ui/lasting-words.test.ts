import { beforeAll, describe, expect, test } from 'vitest';
import { readSellerToShow } from '../../../../activities/explanations.ts';
import { readPayout } from '../../../../db/payouts/rows.ts';
import { parkPayout, recordWait } from '../../../../db/payouts/steps.ts';
import { describePayout } from '../../../../domain/explanations/temporal-ui/payouts.ts';
import type { PayoutId, SellerId } from '../../../../domain/ids.ts';
import { nextStep, type PayoutStatus } from '../../../../domain/payouts/states.ts';
import { daily, sellerSituations } from '../../../build/seller-situations.ts';
import { payoutStages } from '../../../build/payout-stages.ts';
import { startApi, type TestApi } from '../../harness.ts';

let api: TestApi;
let stage: ReturnType<typeof sellerSituations>;
beforeAll(async () => {
  api = await startApi();
  stage = sellerSituations(api);
});

/** The text while the workflow waits, so the engine has set manual payouts. */
async function shown(id: SellerId): Promise<string> {
  const set = { payouts_manual_at: '2026-11-23T09:00:00.000Z' };
  const mine = api.db.updateTable('sellers').set(set).where('id', '=', id);
  await mine.where('status', '=', 'active').execute();
  return (await readSellerToShow(api.db, id)).details ?? '';
}

const advance = (days: number) =>
  api.db
    .updateTable('clock')
    .set({ offset_ms: days * 86_400_000 })
    .execute();

/** Payouts that ended, the oldest first, with the instant of the end. */
const ends = [
  ['settled', '2026-11-01T12:00:00.000Z'],
  ['returned', '2026-11-02T12:00:00.000Z'],
  ['failed', '2026-11-03T12:00:00.000Z'],
  ['paid', '2026-11-04T12:00:00.000Z'],
] as const;

async function end(id: PayoutId, status: PayoutStatus, at: string): Promise<void> {
  const ended = status === 'paid' ? { paid_at: at } : { over_at: at };
  await api.db
    .updateTable('payouts')
    .set({ status, ...ended })
    .where('id', '=', id)
    .execute();
}

async function activeSeller(): Promise<SellerId> {
  const id = await api.makeSeller();
  await stage.beActive(id);
  await stage.set(id, { payouts_manual_at: '2026-11-23T09:00:00.000Z' });
  return id;
}

/** What was true of a payout when the text was written, and may not be when it is read. */
const states = /requested|reserved|is being sent|accepted by Stripe|have not started|was sent/;

describe('the Temporal UI, which nobody writes again meanwhile, says of a seller', () => {
  test.each(['quiet', 'held'])('who is %s no state of a payout, but its day', async (kind) => {
    const id = await activeSeller();
    const { orderFor, reserve, send } = payoutStages(api);
    const { payoutId } = await orderFor(id, { amount: 40_00, currency: 'eur' });
    if (kind === 'held') await stage.hold(id, { amount: 5_00, currency: 'eur' });
    const says = new RegExp(
      `- payout \`${payoutId}\`, 40\\.00 EUR, ordered \\w+, .* UTC; .*\`payout/${payoutId}\` shows its state`,
    );
    for (const go of [() => reserve(payoutId), () => send(payoutId)]) {
      await go();
      const details = await shown(id);
      expect(details).toMatch(says);
      expect(details).not.toMatch(states);
      expect(details.split('\n')[0]).toMatch(/As of .* UTC.* payouts’ own pages are newer/);
    }
  });

  test('that an operator must act while a payout is late', async () => {
    const id = await activeSeller();
    const { orderFor, send } = payoutStages(api);
    const { payoutId } = await send((await orderFor(id)).payoutId);
    expect(await shown(id)).toContain('**Must act: nobody');
    await advance(12);
    const details = await shown(id);
    await advance(0);
    expect(details).toContain('**Must act: an operator');
    expect(details).toContain(`Payout ${payoutId}: `);
    expect(details).not.toContain('nothing keeps this seller');
  });

  test.each(['quiet', 'held'])('who is %s how the last three payouts ended', async (kind) => {
    const id = await activeSeller();
    const { orderFor, reserve, send } = payoutStages(api);
    const ids: string[] = [];
    await stage.earn(id);
    for (const [status, day] of ends) {
      const { payoutId } = await orderFor(id, { amount: 10_00, currency: 'eur' });
      await send(payoutId);
      await end(payoutId, status, day);
      ids.unshift(payoutId);
    }
    const last = await reserve((await orderFor(id, { amount: 10_00, currency: 'eur' })).payoutId);
    if (kind === 'held') await stage.hold(id, { amount: 5_00, currency: 'eur' });
    const details = await shown(id);
    const listed = details.split('\n').filter((line) => / on \d+ Nov 2026: /.test(line));
    expect(listed).toEqual([
      `- paid on 4 Nov 2026: 10.00 EUR, \`${ids[0]}\``,
      `- failed on 3 Nov 2026: 10.00 EUR, \`${ids[1]}\``,
      `- came back on 2 Nov 2026: 10.00 EUR, \`${ids[2]}\``,
    ]);
    expect(details).toContain(`- payout \`${last}\``);
  });

  test('who has a payout under way no sum behind it, which the payout changes', async () => {
    const id = await activeSeller();
    const { orderFor, reserve } = payoutStages(api);
    await reserve((await orderFor(id, { amount: 40_00, currency: 'eur' })).payoutId);
    await stage.hold(id, { amount: 5_00, currency: 'eur' });
    const { body } = await api.get(`/v1/sellers/${id}/explain`);
    expect(body['summary']).toContain('behind another payout');
    const details = await shown(id);
    expect(details).not.toContain('behind another payout');
    expect(details).toContain('55.00 EUR not ordered');
  });

  test('who is paused that a payday is made up for, and promises none', async () => {
    const id = await activeSeller();
    await stage.plan(id, daily);
    await stage.earn(id);
    await stage.pause(id);
    expect(await shown(id)).toMatch(
      /- no payday is opened while the seller is paused: if .* passes before, it is made up for/,
    );
    await advance(12);
    const details = await shown(id);
    await advance(0);
    expect(details).toMatch(/- the payday of \*\*.*\*\* passed and is made up for once no pause/);
    expect(details).not.toMatch(/\*\*payday|kept payday/);
  });

  test('who has nothing for a payday which payday comes after the text', async () => {
    const id = await activeSeller();
    await stage.plan(id, daily);
    expect(await shown(id)).toMatch(
      /- nothing is payable for a payday yet; the first payday after this text is \*\*/,
    );
  });

  test('what a release makes payable, and no sum that a payout changes', async () => {
    const id = await activeSeller();
    await stage.plan(id, daily);
    await stage.earn(id);
    await stage.hold(id, { amount: 20_00, currency: 'eur' });
    const details = await shown(id);
    expect(details).toMatch(/- if you release `hold_\w+`: 20\.00 EUR more payable\n/);
    expect(details).not.toContain('in all');
  });

  test.each(['has less than its minimum', 'is closed', 'has less than its threshold'] as const)(
    'who %s that nobody must act',
    async (name) => {
      const id = await api.makeSeller();
      await stage.situations[name](id);
      const details = await shown(id);
      expect(details).toContain('**Must act: nobody.**');
      expect(details).not.toContain('Must act: the platform');
    },
  );

  test('who is closed and owed money that the platform must act', async () => {
    const id = await activeSeller();
    await stage.earn(id);
    await stage.set(id, { status: 'closed' });
    expect(await shown(id)).toContain('**Must act: the platform.**');
  });
});

async function reserved(sellerId: SellerId): Promise<PayoutId> {
  const { orderFor, reserve } = payoutStages(api);
  return reserve((await orderFor(sellerId)).payoutId);
}

const headline = async (id: SellerId) => (await shown(id)).split('\n')[0];

async function pageOf(id: PayoutId): Promise<string> {
  const payout = await readPayout(api.db, id);
  return describePayout(payout, nextStep(payout, false));
}

describe('the headline of a seller says how much stopped and why', () => {
  test('while a payout waits for the platform’s balance', async () => {
    const id = await activeSeller();
    const payout = await readPayout(api.db, await reserved(id));
    await recordWait(api.db, payout, { reason: 'platform-balance', minutes: 60 });
    expect(await headline(id)).toContain(
      '**active**: 100.00 EUR waits for money in the platform’s balance. **Must act: the platform',
    );
  });

  test.each([
    ['outcome-unknown', '100.00 EUR of unknown outcome'],
    ['refused-by-stripe', '100.00 EUR that Stripe refused to move'],
    ['unexpected-state', '100.00 EUR waits for a person'],
  ] as const)('while a payout is parked for %s', async (parked, words) => {
    const id = await activeSeller();
    await parkPayout(api.db, await readPayout(api.db, await reserved(id)), parked);
    expect(await headline(id)).toContain(`**active**: ${words}. **Must act: an operator`);
  });

  test('beside the money of another currency', async () => {
    const id = await activeSeller();
    await parkPayout(api.db, await readPayout(api.db, await reserved(id)), 'refused-by-stripe');
    await stage.earn(id, { amount: 9000, currency: 'jpy' });
    expect(await headline(id)).toMatch(/100\.00 EUR that Stripe refused to move, .*JPY/);
  });

  test('of a late payout, with the same words, day and requests as the payout’s page', async () => {
    const id = await activeSeller();
    const { orderFor, send } = payoutStages(api);
    const expected = '2026-11-05T00:00:00.000Z';
    const { payoutId } = await send((await orderFor(id)).payoutId, expected);
    const sent = { sent_at: '2026-11-01T12:00:00.000Z', waits_since: '2026-11-05T12:00:00.000Z' };
    await api.db.updateTable('payouts').set(sent).where('id', '=', payoutId).execute();
    const page = await pageOf(payoutId);
    const details = await shown(id);
    expect(await headline(id)).toContain('100.00 EUR late at the bank');
    const [, said = ''] = /\n(The bank has not confirmed .*?)\. \*\*Must act/.exec(page) ?? [];
    expect(said).toContain(`the trace of \`po_${payoutId.slice(7)}\``);
    expect(details).toContain(`- Payout ${payoutId}: ${said} (since Sun, 8 Nov 2026, 12:00 UTC`);
    const requests = /`POST [^`]*`/g;
    expect(details.match(requests)).toEqual(page.match(requests));
    expect(`${page} ${details}`).not.toMatch(/5 Nov|overdue|does not have the money yet/);
  });
});

describe('a seller who is not active reads where the money is', () => {
  test.each(['onboarding', 'restricted'] as const)('while %s', async (status) => {
    const id = await activeSeller();
    await stage.earn(id);
    await stage.set(id, { status });
    expect(await headline(id)).toContain('(at the platform; the oldest part available since');
  });
});

test.each(['onboarding', 'active'] as const)(
  'a seller who is %s reads of money in a second currency that no payout is ordered',
  async (status) => {
    const id = await activeSeller();
    await stage.earn(id, { amount: 9000, currency: 'jpy' });
    await stage.set(id, { lists_banks: true, status });
    expect(await shown(id)).toContain('- 9000 JPY is owed, but no payout is ordered');
  },
);

test('the last error comes with the id under which Stripe knows the request', async () => {
  const payoutId = await payoutStages(api).parkUnknown('transfer');
  expect(await pageOf(payoutId)).toContain('- last error: Stripe: api_error, request req_1');
});
