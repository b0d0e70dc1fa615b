import { beforeAll, describe, expect, test } from 'vitest';
import { placeHold } from '../../../db/holds.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordWait } from '../../../db/payouts/steps.ts';
import {
  findDiscrepancyOver,
  openDiscrepancies,
} from '../../../db/reconciliation/discrepancies.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { attention, parkedSeller } from '../../build/attention-stage.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startStripeSide } from '../../build/stripe-side.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

/** Creates a seller to whom 100.00 EUR are owed. */
async function richSeller(of = api): Promise<SellerId> {
  const id = await of.makeSeller({ status: 'active' });
  await of.post(`/v1/sellers/${id}/earnings`, { amount: 100_00, currency: 'eur' });
  return id;
}

const inEuro = (amount: number) => [{ amount, currency: 'eur' }];

describe('a hold waits for a person', () => {
  test('unless it expires: since when, how much, who placed it, and its release', async () => {
    const id = await richSeller();
    const path = `/v1/sellers/${id}/holds`;
    const part = { reason: 'proof of delivery', amount: 30_00, currency: 'eur' };
    const { body: some } = await api.post(path, part);
    const { body: all } = await api.post(path, { reason: 'a look' });
    await api.post(path, { reason: 'a day', expiresAt: '2190-01-01T00:00:00Z' });
    const { data } = await attention(api, `?sellerId=${id}`);
    const shown = { kind: 'hold', reason: 'held', sellerId: id, actor: 'operator' };
    expect(data).toMatchObject([
      {
        ...shown,
        id: some['id'],
        since: some['placedAt'],
        atStake: inEuro(30_00),
        explanation: expect.stringMatching(/shop.*proof of delivery/),
        commands: [{ path: `/v1/holds/${String(some['id'])}/release`, body: { reason: '...' } }],
        explain: `/v1/holds/${String(some['id'])}/preview`,
      },
      { ...shown, id: all['id'], atStake: inEuro(100_00) },
    ]);
    expect(data).toHaveLength(2);
    await api.post(`/v1/holds/${String(some['id'])}/release`, { reason: 'delivered' });
    expect((await attention(api, `?sellerId=${id}`)).data).toMatchObject([{ id: all['id'] }]);
  });

  test('and no command for many releases it, whatever the filter', async () => {
    const id = await richSeller();
    await api.post(`/v1/sellers/${id}/holds`, { reason: 'fraud' });
    const asked = { filter: { sellerId: id }, command: 'release-hold', reason: 'all of them' };
    const { body } = await api.post('/v1/attention/preview', asked);
    expect(body).toMatchObject({
      applies: { count: 0 },
      doesNotApply: { first: [{ kind: 'hold', why: 'not-offered' }] },
    });
  });

  test('within the entry of its discrepancy, which lists the release beside the closing', async () => {
    const id = await richSeller();
    const object = `po_${id.slice(4)}`;
    const found = { cause: 'payout-stopped' as const, object, sellerId: id };
    const holdId = await api.db.transaction().execute(async (tx) => {
      await openDiscrepancies(tx, [found]);
      const about = await findDiscrepancyOver(tx, found);
      const amount = { currency: 'eur', amount: 40_00, expiresAt: null };
      const hold = { sellerId: id, source: 'system' as const, reason: 'stopped', about, ...amount };
      return (await placeHold(tx, hold, 'engine')).id;
    });
    const list = () => attention(api, `?sellerId=${id}`);
    const [first, ...others] = (await list()).data;
    expect(others).toEqual([]);
    const close = `/v1/discrepancies/${first?.id}/close`;
    const paths = first?.commands.map(({ path }) => path);
    expect([first?.reason, paths]).toEqual([
      'payout-stopped',
      [`/v1/holds/${holdId}/release`, close],
    ]);
    await api.post(close, { reason: 'the seller asked for it' });
    expect((await list()).data).toMatchObject([{ kind: 'hold', id: holdId }]);
  });
});

describe('the platform’s missing money', () => {
  test('waits for the platform: since when, how much, in which currency', async () => {
    const stripe = await startStripeSide();
    const own = await startApi({ stripeAt: stripe.url });
    const stages = payoutStages(own);
    const sellers: SellerId[] = [];
    for (let one = 0; one < 2; one += 1) {
      const { sellerId, payoutId } = await stages.orderPayout();
      sellers.push(sellerId);
      await stages.reserve(payoutId);
      const wait = { reason: 'platform-balance' as const, minutes: 60 };
      await recordWait(own.db, await readPayout(own.db, payoutId), wait);
    }
    const { data } = await attention(own);
    expect(data).toMatchObject([
      {
        kind: 'funding',
        id: 'eur',
        sellerId: null,
        seller: null,
        reason: 'platform-money-missing',
        actor: 'platform',
        atStake: inEuro(200_00),
        commands: [],
        explain: '/v1/funding',
      },
    ]);
    const names = { externalId: null, displayName: null };
    const first = sellers.map((sellerId) => expect.objectContaining({ sellerId, seller: names }));
    expect(data[0]).toMatchObject({ waitingPayouts: { count: 2, first } });
    const [other, last] = sellers;
    const { data: found } = await attention(own, `?sellerId=${last}`);
    const own2 = [{ sellerId: last, amount: inEuro(100_00)[0] }, { sellerId: other }];
    expect(found).toMatchObject([{ kind: 'funding', waitingPayouts: { count: 2, first: own2 } }]);
    expect((await attention(own, `?sellerId=${await richSeller(own)}`)).data).toEqual([]);
    const { explanation } = data[0] as unknown as { explanation: string };
    expect(explanation).toMatch(/^2 payouts need 200\.00 EUR .* 0\.00 EUR available.* now/);
    const summary = (await own.get('/v1/attention/summary')).body;
    expect(summary).toMatchObject({ count: 1, atStake: [], needed: inEuro(200_00) });
    await stripe.close();
  });
});

describe('each entry', () => {
  test('names who must act, and holds count apart from what does not move', async () => {
    const own = await startApi();
    await parkedSeller(own, 'account-refused');
    await own.post(`/v1/sellers/${await richSeller(own)}/holds`, { reason: 'a look' });
    const { data } = await attention(own);
    const actors = data.map((one) => (one as unknown as { actor: string }).actor);
    expect(actors).toEqual(['operator', 'operator']);
    const summary = (await own.get('/v1/attention/summary')).body;
    expect(summary).toMatchObject({ atStake: inEuro(70_00), held: inEuro(100_00) });
  });
});
