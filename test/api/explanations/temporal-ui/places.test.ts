import { beforeAll, describe, expect, test } from 'vitest';
import { readSellerToShow } from '../../../../activities/explanations.ts';
import { recordEntries } from '../../../../db/ledger.ts';
import { openDiscrepancies } from '../../../../db/reconciliation/discrepancies.ts';
import type { SellerId } from '../../../../domain/ids.ts';
import { minor } from '../../../../domain/money.ts';
import { payoutStages } from '../../../build/payout-stages.ts';
import { daily, sellerSituations } from '../../../build/seller-situations.ts';
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

const since = /the oldest part available since \d+ \w+ \d{4}\)/;
const place = new RegExp(`70\\.00 EUR [^*\\n]*\\(at the platform; ${since.source}`);

describe('the Temporal UI says where the money of a seller is, and since when', () => {
  test.each([
    'has a payday to come',
    'has money and no payout',
    'has less than its minimum',
    'has less than its threshold',
  ] as const)('who %s', async (name) => {
    const id = await api.makeSeller();
    await stage.situations[name](id);
    expect(await shown(id)).toMatch(place);
  });

  test.each(['paused', 'restricted'])('who is %s', async (why) => {
    const id = await api.makeSeller();
    await stage.situations['has money and no payout'](id);
    if (why === 'paused') await stage.pause(id);
    const manual = { payouts_manual_at: '2026-11-23T09:00:00.000Z' };
    if (why === 'restricted') await stage.set(id, { status: 'restricted', ...manual });
    expect(await shown(id)).toMatch(place);
  });

  test('of whom a part is held', async () => {
    const id = await api.makeSeller();
    await stage.situations['has money held'](id);
    expect(await shown(id)).toMatch(/20\.00 EUR held \(70\.00 EUR at the platform; the oldest/);
  });

  test('who differs from Stripe', async () => {
    const id = await api.makeSeller();
    await stage.situations['has money and no payout'](id);
    await differ(id, { inLedger: [75_00, 'eur'] });
    expect(await shown(id)).toMatch(place);
  });

  test.each(['quiet', 'held'])('who is %s, without what an order claims', async (kind) => {
    const id = await api.makeSeller();
    await stage.beActive(id);
    const { orderFor, reserve } = payoutStages(api);
    await reserve((await orderFor(id, { amount: 40_00, currency: 'eur' })).payoutId);
    const { payoutId } = await orderFor(id, { amount: 10_00, currency: 'eur' });
    if (kind === 'held') await stage.hold(id, { amount: 5_00, currency: 'eur' });
    const details = await shown(id);
    expect(details).toContain(kind === 'held' ? '50.00 EUR at the platform' : '(at the platform');
    expect(details).toContain(`\`payout/${payoutId}\` shows its state and where the money is`);
  });

  test('in a payout that stopped', async () => {
    const payoutId = await payoutStages(api).parkUnknown('transfer');
    const { seller_id: id } = await api.db
      .selectFrom('payouts')
      .select('seller_id')
      .where('id', '=', payoutId)
      .executeTakeFirstOrThrow();
    await stage.beActive(id);
    expect(await shown(id)).toMatch(
      new RegExp(`\`payout/${payoutId}\` [^\\n]*: 100\\.00 EUR at the platform, or at the seller`),
    );
  });
});

type Side = [net: number, currency: string];

async function differ(id: SellerId, { inLedger, atStripe }: { inLedger?: Side; atStripe?: Side }) {
  const found = {
    ...({ cause: 'balance-differs', object: id, sellerId: id, payoutId: null } as const),
    ...(inLedger && { inLedger: { entryId: null, net: inLedger[0], currency: inLedger[1] } }),
    ...(atStripe && {
      atStripe: { movementId: null, object: null, net: atStripe[0], currency: atStripe[1] },
    }),
  };
  await api.db.transaction().execute((tx) => openDiscrepancies(tx, [found]));
}

describe('the Temporal UI says of a difference what each side has, and how much they differ', () => {
  test.each<[sides: Parameters<typeof differ>[1], words: string]>([
    [
      { inLedger: [75_00, 'eur'], atStripe: [50_00, 'eur'] },
      'The engine’s books have 75.00 EUR, Stripe has 50.00 EUR: 25.00 EUR less at Stripe.',
    ],
    [
      { inLedger: [50_00, 'eur'], atStripe: [75_00, 'eur'] },
      'The engine’s books have 50.00 EUR, Stripe has 75.00 EUR: 25.00 EUR more at Stripe.',
    ],
    [
      { atStripe: [-25_00, 'eur'] },
      'The engine’s books have nothing, Stripe has -25.00 EUR: 25.00 EUR less at Stripe.',
    ],
    [
      { inLedger: [25_00, 'eur'] },
      'The engine’s books have 25.00 EUR, Stripe has nothing: 25.00 EUR less at Stripe.',
    ],
    [
      { inLedger: [25_00, 'eur'], atStripe: [27_00, 'usd'] },
      'The engine’s books have 25.00 EUR, Stripe has 27.00 USD: 25.00 EUR less and 27.00 USD more at Stripe.',
    ],
  ])('%j', async (sides, words) => {
    const id = await api.makeSeller();
    await stage.beActive(id);
    await differ(id, sides);
    expect(await shown(id)).toContain(words);
  });

  test('also if a wait already says what happened', async () => {
    const id = await api.makeSeller();
    await stage.situations['has money and no payout'](id);
    const atStripe = { movementId: null, object: 'tr_1', net: 25_00, currency: 'eur' };
    const found = { object: 'tr_1', sellerId: id, payoutId: null, atStripe } as const;
    await api.db
      .transaction()
      .execute((tx) => openDiscrepancies(tx, [{ cause: 'transfer-not-ordered', ...found }]));
    const details = await shown(id);
    expect(details).toContain('came to the seller’s account without an order');
    expect(details).toContain('have nothing, Stripe has 25.00 EUR: 25.00 EUR more at Stripe');
  });
});

test('money that came without an order is a part of the other sums, not added to them', async () => {
  const id = await api.makeSeller();
  await stage.situations['has money and no payout'](id);
  const came = { kind: 'foreign', sellerId: id, currency: 'eur', amount: minor(25_00) } as const;
  await recordEntries(api.db, [
    { ...came, eventKey: `foreign/${id}`, from: 'foreign', to: 'account' },
  ]);
  await stage.hold(id, { amount: 25_00, currency: 'eur' });
  expect(await shown(id)).toContain(
    '70.00 EUR payable now, 25.00 EUR held, of all this 25.00 EUR came without an order from the engine',
  );
});

describe('the Temporal UI says when money becomes payable', () => {
  const day = (date: string) => ({ availableOn: `${date}T00:00:00.000Z`, amount: 10_00 });

  test.each([
    [[day('2199-01-01')], '10.00 EUR payable later, on 1 Jan 2199'],
    [
      [day('2199-01-01'), day('2199-01-05')],
      '20.00 EUR payable later, the first part on 1 Jan 2199, the last on 5 Jan 2199',
    ],
    [[{ amount: 10_00, charge: 'ch_1' }], '10.00 EUR payable later, without a date yet'],
    [
      [day('2199-01-01'), { amount: 10_00, charge: 'ch_1' }],
      '20.00 EUR payable later, the first part on 1 Jan 2199, the rest without a date yet',
    ],
  ])('%j', async (earnings, words) => {
    const id = await api.makeSeller();
    await stage.beActive(id);
    await stage.plan(id, daily);
    await stage.earn(id);
    for (const earning of earnings) await stage.earn(id, earning);
    expect(await shown(id)).toContain(`70.00 EUR payable now and not ordered, ${words} (`);
  });
});

test.each(['quiet', 'paused'])(
  'the Temporal UI says that a payday was moved to a bank day: %s',
  async (kind) => {
    const id = await api.makeSeller();
    await stage.beActive(id);
    const weekdays = ['sunday'];
    await stage.plan(id, { interval: 'weekly', weekdays, timeZone: 'Europe/Berlin' });
    await stage.earn(id);
    if (kind === 'paused') await stage.pause(id);
    expect(await shown(id)).toMatch(/Europe\/Berlin, moved to the next bank day\*\*/);
    const friday = await api.makeSeller();
    await stage.beActive(friday);
    await stage.plan(friday, daily);
    await stage.earn(friday);
    expect(await shown(friday)).not.toContain('bank day');
  },
);
