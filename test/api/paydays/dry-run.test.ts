import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { PayoutId } from '../../../domain/ids.ts';
import { startApi, type TestApi } from '../harness.ts';
import { anySeller, makeAnySeller } from '../../promises/any-seller.ts';
import { close, payoutsOf, takeTurns, type Turn } from '../../promises/turns.ts';

type Sum = { amount: number; currency: string };
type DryRun = { outcome: string; pays: Sum; reason: string | null };

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

const asked = fc.record({
  pick: fc.nat(2),
  amount: fc.option(fc.integer({ min: 1_00, max: 90_00 })),
});

test('an order does what its dry run said, and a dry run does nothing', async () => {
  const seen = { pays: 0, waits: 0, 'is-skipped': 0 };
  await fc.assert(
    fc.asyncProperty(anySeller, asked, async (seller, { pick, amount }) => {
      const { currency } = seller.money[pick % seller.money.length] ?? { currency: 'eur' };
      const id = await makeAnySeller(api.db, seller);
      const before = await payoutsOf(api.db, id);
      const query = `currency=${currency}${amount === null ? '' : `&amount=${amount}`}`;
      const { status, body } = await api.get(`/v1/sellers/${id}/payouts/dry-run?${query}`);
      expect(status).toBe(200);
      const told = body as DryRun;
      expect(await payoutsOf(api.db, id)).toEqual(before);
      const order = { currency, ...(amount !== null && { amount }) };
      const { body: ordered } = await api.post(`/v1/sellers/${id}/payouts`, order);
      const turns = new Map<PayoutId, Turn>();
      await takeTurns(api.db, id, turns);
      const turn = turns.get(ordered['id'] as PayoutId);
      // An order behind another one that waits has had no turn, and no reason of its own.
      if (turn) {
        expect(turn.reserved).toBe(told.pays.amount);
        if (turn.reserved === 0) expect(nameOf(turn.reason)).toBe(told.reason);
        seen[told.outcome as keyof typeof seen] += 1;
      }
      await close(api.db, id);
    }),
    { numRuns: 200 },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
}, 120_000);

/** A payout that waits for a hold says so in its own word. */
function nameOf(reason: string | null): string | null {
  return reason === 'hold' ? 'on-hold' : reason;
}

test('a dry run names the route and the bank account, and refuses what an order would', async () => {
  const id = await api.makeSeller({ status: 'active' });
  await api.db
    .insertInto('bank_accounts')
    .values({
      seller_id: id,
      stripe_id: 'ba_1',
      currency: 'eur',
      status: 'new',
      is_default: true,
      last4: '4242',
    })
    .execute();
  await api.post(`/v1/sellers/${id}/earnings`, { amount: 30_00, currency: 'eur' });
  const path = `/v1/sellers/${id}/payouts/dry-run`;
  expect(await api.get(`${path}?amount=2000`)).toMatchObject({
    status: 200,
    body: {
      outcome: 'pays',
      pays: { amount: 20_00, currency: 'eur' },
      fromPlatform: { amount: 20_00 },
      route: { outcome: 'cross-border', fees: ['cross-border-payout', 'conversion'] },
      bankAccount: { last4: '4242' },
    },
  });
  expect(await api.get(`${path}?amount=3001`)).toMatchObject({
    body: { outcome: 'is-skipped', reason: 'more-than-payable' },
  });
  for (const query of [
    'amount=0',
    'amount=1.5',
    'amount=ten',
    'amount=1e3',
    'amount=0x10',
    'amount=',
    'currency=EUR',
    'a=1',
  ]) {
    expect((await api.get(`${path}?${query}`)).status, query).toBe(400);
  }
  expect((await api.get('/v1/paydays/dry-run?until=tomorrow')).status).toBe(400);
  expect((await api.get('/v1/paydays/dry-run')).status).toBe(400);
});
