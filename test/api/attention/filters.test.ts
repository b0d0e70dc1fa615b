import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { openDiscrepancies } from '../../../db/reconciliation/discrepancies.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { attention, parkedSeller } from '../../build/attention-stage.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

describe('of all that waits', () => {
  let own: TestApi;
  let ids: Record<'payout' | 'usd' | 'unknown' | 'seller' | 'differs', string>;
  let of: SellerId;
  beforeAll(async () => {
    own = await startApi();
    const stages = payoutStages(own);
    const { sellerId, payoutId: payout } = await stages.orderPayout();
    const unknown = await stages.parkUnknown('transfer');
    const dollars = { externalId: 'order-2', amount: 55_00, currency: 'usd' };
    await own.post(`/v1/sellers/${sellerId}/earnings`, dollars);
    const ordered = await own.post(`/v1/sellers/${sellerId}/payouts`, { currency: 'usd' });
    const usd = String(ordered.body['id']) as typeof payout;
    for (const id of [payout, usd]) {
      await parkPayout(own.db, await readPayout(own.db, id), 'refused-by-stripe');
      await pause(5);
    }
    const seller = await parkedSeller(own, 'account-refused');
    await own.db.updateTable('sellers').set({ country: 'FR' }).where('id', '=', seller).execute();
    await pause(5); // so that each stopped at an instant of its own, as the API tells it
    await own.db.transaction().execute((tx) => {
      const atStripe = { movementId: 'txn_1', object: 'tr_1', net: -30_00, currency: 'eur' };
      const found = { cause: 'payout-not-ordered', object: 'tr_1', sellerId, atStripe } as const;
      return openDiscrepancies(tx, [found]);
    });
    const { data } = await attention(own);
    const differs = data.at(-1)?.id ?? '';
    [of, ids] = [sellerId, { payout, usd, unknown, seller, differs }];
  });

  test.each<[query: string, found: (keyof typeof ids)[], why: string]>([
    ['kind=payout', ['unknown', 'payout', 'usd'], 'all payouts'],
    ['kind=discrepancy', ['differs'], 'what differs'],
    ['reason=refused-by-stripe', ['payout', 'usd'], 'one reason'],
    ['reason=refused-by-stripe&currency=usd', ['usd'], 'both'],
    ['currency=eur', ['unknown', 'payout', 'seller', 'differs'], 'a seller by what it has'],
    ['country=FR', ['seller'], 'the seller’s country'],
    ['country=DE&kind=seller', [], 'both, and nothing'],
    ['before=2020-01-01T00:00:00Z', [], 'nothing is so old'],
    ['before=2199-01-01T00:00:00Z&kind=seller', ['seller'], 'all are older'],
  ])('%s finds %j: %s', async (query, found) => {
    const { data } = await attention(own, `?${query}`);
    expect(data.map(({ id }) => id)).toEqual(found.map((name) => ids[name]));
  });

  test('what is of one seller is found by it, and since when by where it lies', async () => {
    const { data } = await attention(own, `?sellerId=${of}`);
    expect(data.map(({ id }) => id)).toEqual([ids.payout, ids.usd, ids.differs]);
    const older = await attention(own, `?before=${data[1]?.since}&sellerId=${of}`);
    expect(older.data.map(({ id }) => id)).toEqual([ids.payout]);
  });

  test('the sums are told for each kind and reason, the oldest first', async () => {
    const eur = (amount: number) => ({ amount, currency: 'eur' });
    const usd = { amount: 55_00, currency: 'usd' };
    const { body } = await own.get('/v1/attention/summary');
    expect(body).toMatchObject({
      count: 5,
      atStake: [eur(270_00), usd],
      differs: [eur(30_00)],
      groups: [
        { kind: 'payout', reason: 'outcome-unknown', count: 1, atStake: [eur(100_00)] },
        { kind: 'payout', reason: 'refused-by-stripe', count: 2, atStake: [eur(100_00), usd] },
        { kind: 'seller', reason: 'account-refused', count: 1, atStake: [eur(70_00)] },
        { kind: 'discrepancy', reason: 'payout-not-ordered', count: 1, atStake: [eur(30_00)] },
      ],
    });
    const { data } = await attention(own);
    const groups = body['groups'] as { since: string }[];
    expect(groups[0]?.since).toBe(data[0]?.since);
  });

  test('the sums keep to the filter, and are none where nothing waits', async () => {
    const { body } = await own.get('/v1/attention/summary?currency=usd');
    const usd = { amount: 55_00, currency: 'usd' };
    expect(body).toMatchObject({ count: 1, atStake: [usd], groups: [{ atStake: [usd] }] });
    const none = await own.get('/v1/attention/summary?country=JP');
    expect(none.body).toMatchObject({ count: 0, atStake: [], differs: [], groups: [] });
  });
});
