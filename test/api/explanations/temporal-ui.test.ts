import { beforeAll, describe, expect, test } from 'vitest';
import { readSellerToShow } from '../../../activities/explanations.ts';
import { openDiscrepancies } from '../../../db/reconciliation/discrepancies.ts';
import { sayActors } from '../../../domain/explanations/temporal-ui/markdown.ts';
import type { SellerId } from '../../../domain/ids.ts';
import type { Actor } from '../../../domain/waits.ts';
import { sellerSituations, type Situations } from '../../build/seller-situations.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stage: ReturnType<typeof sellerSituations>;
beforeAll(async () => {
  api = await startApi();
  stage = sellerSituations(api);
});

type Explained = {
  waits: { actor: Actor; for: string; commands: { path: string }[] }[];
  payday: { money: { pays: { amount: number } }[] } | null;
};

const names: (keyof Situations)[] = [
  'has entered nothing',
  'is being reviewed',
  'has money and no payout',
  'is restricted',
  'was rejected by Stripe',
  'was refused by Stripe',
  'has payouts that Stripe keeps automatic',
  'has an account that nobody knows of',
  'has an account below zero',
  'is paused',
  'has money held',
  'is closed',
  'has a payday to come',
  'has less than its minimum',
  'has a bank account that failed',
];

/** What asks nobody: more earnings end it, and nothing is owed to the closed seller. */
const idle = ['nothing-earned', 'below-minimum', 'closed'];

/** The text while the workflow waits, so the engine has set manual payouts. */
async function shown(id: SellerId): Promise<string> {
  return (await read(id)).details ?? '';
}

async function read(id: SellerId) {
  const set = { payouts_manual_at: '2026-11-23T09:00:00.000Z' };
  const mine = api.db.updateTable('sellers').set(set).where('id', '=', id);
  await mine.where('status', '=', 'active').execute();
  return readSellerToShow(api.db, id);
}

describe('the Temporal UI says of a seller', () => {
  test.each(names)('who %s what the API says: who must act, and each request', async (name) => {
    const id = await api.makeSeller();
    await stage.situations[name](id);
    const { details = '', needsOperator } = await read(id);
    const { body } = await api.get(`/v1/sellers/${id}/explain`);
    const { waits } = body as unknown as Explained;
    const told = waits.filter((wait) => wait.for !== 'payday');
    const asked = told.filter((wait) => !idle.includes(wait.for)).map(({ actor }) => actor);
    expect(details).toContain(`**Must act: ${sayActors(asked).split(';')[0]}`);
    for (const { path } of told.flatMap(({ commands }) => commands)) {
      expect(details).toContain(`\`POST ${path}\``);
    }
    expect(needsOperator).toBe(/must act: an operator|needs a person/i.test(details));
    expect(details).toContain('no difference from Stripe is known');
    expect(details).toMatch(/as of|business time/i);
    expect(details).not.toMatch(/odd orders|odd logins|@example/);
  });

  test('who differs from Stripe that an operator must act, also without a wait', async () => {
    const id = await api.makeSeller();
    await stage.situations['has money and no payout'](id);
    expect(await read(id)).toMatchObject({ needsOperator: false });
    const inLedger = { entryId: null, net: 5_00, currency: 'eur' };
    const found = { object: id, sellerId: id, payoutId: null, inLedger } as const;
    await api.db
      .transaction()
      .execute((tx) => openDiscrepancies(tx, [{ cause: 'balance-differs', ...found }]));
    const { details, needsOperator } = await read(id);
    expect(details).toMatch(/Must act: an operator.*differs from Stripe/s);
    expect(details).not.toContain('no difference from Stripe');
    expect(needsOperator).toBe(true);
  });

  test('when it is paid next and how much, and why a payday pays nothing', async () => {
    const payday = /\*\*payday .* Europe\/Berlin\*\* pays \*\*70\.00 EUR\*\*/;
    const id = await api.makeSeller();
    await stage.situations['has a payday to come'](id);
    expect(await shown(id)).toMatch(payday);
    const small = await api.makeSeller();
    await stage.situations['has less than its minimum'](small);
    expect(await shown(small)).toMatch(/Berlin\*\* does not pay 70\.00 EUR: .* minimum/);
  });

  test('what Stripe asks for and by when, and what the release of a hold would do', async () => {
    const id = await api.makeSeller();
    await stage.situations['has money held'](id);
    await stage.ask(id);
    const details = await shown(id);
    expect(details).toContain(
      'Stripe asks: The seller must provide: date of birth (by 1 Jan 2199)',
    );
    expect(details).toMatch(/if you release `hold_\w+`: 20\.00 EUR more payable\n/);
    expect(details).toContain('is held (risk): another reason, which only the API shows');
  });

  test('that business time is ahead, where a clock was advanced', async () => {
    const id = await api.makeSeller();
    await stage.situations['is paused'](id);
    expect(await shown(id)).toContain('*As of');
    await api.db
      .updateTable('clock')
      .set({ offset_ms: 26 * 3_600_000 })
      .execute();
    expect(await shown(id)).toMatch(/\*As of .* UTC of business time, 1 day ahead of the clock/);
    await api.db.updateTable('clock').set({ offset_ms: 0 }).execute();
  });
});
