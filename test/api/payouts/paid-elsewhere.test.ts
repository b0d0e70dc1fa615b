import { beforeAll, describe, expect, test } from 'vitest';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { keepLines, recordStandings } from '../../../db/reconciliation/lines.ts';
import { openDiscrepancies } from '../../../db/reconciliation/discrepancies.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { aMovement } from '../../build/movement.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stages = payoutStages(api);
});

const reason = 'Paid by a bank transfer';
async function parked() {
  const { sellerId, payoutId } = await stages.orderPayout();
  await stages.reserve(payoutId);
  await parkPayout(api.db, await readPayout(api.db, payoutId), 'refused-by-stripe');
  const end = (body: object) => api.post(`/v1/payouts/${payoutId}/paid-elsewhere`, body);
  return { sellerId, payoutId, end };
}
const find = (sellerId: SellerId, object: string, net: number) =>
  api.db.transaction().execute(async (tx) => {
    const line = { ...aMovement(net > 0 ? 'payment' : 'payout', net), id: `txn_${object}`, object };
    await keepLines(tx, sellerId, [line]);
    await recordStandings(tx, [{ id: line.id, standing: 'claimed' }]);
    const cause = net > 0 ? ('transfer-not-ordered' as const) : ('payout-not-ordered' as const);
    const atStripe = { movementId: `txn_${object}`, object, net, currency: 'eur' };
    return openDiscrepancies(tx, [{ cause, object, sellerId, atStripe }]);
  });

describe('a payout whose money somebody else paid', () => {
  test('offers to end so, and says how it was paid', async () => {
    const { payoutId, end } = await parked();
    const { parked: why } = (await stages.show(payoutId)) as { parked: { commands: object[] } };
    const path = `/v1/payouts/${payoutId}/paid-elsewhere`;
    expect(why.commands).toContainEqual(expect.objectContaining({ method: 'POST', path }));
    const { status, body } = await end({ proof: 'SEPA 4711', reason });
    expect([status, body]).toMatchObject([
      200,
      {
        status: 'paid-elsewhere',
        paidElsewhere: { stripeIds: [], proof: 'SEPA 4711', reason },
        parked: null,
      },
    ]);
    const { body: told } = await api.get(`/v1/payouts/${payoutId}/explain`);
    expect(told['summary']).toBe(
      '100.00 EUR reached the seller without the engine, so the engine does not pay it',
    );
    expect(told['decisions']).toMatchObject([{}, { what: 'Ended as paid elsewhere', reason }]);
  });

  test('ends together with the discrepancies of what paid it', async () => {
    const { sellerId, payoutId, end } = await parked();
    await find(sellerId, `tr_${payoutId}`, 100_00);
    await find(sellerId, `po_${payoutId}`, -100_00);
    const objects = { transferId: `tr_${payoutId}`, stripePayoutId: `po_${payoutId}` };
    const { status, body } = await end({ ...objects, reason });
    expect([status, body]).toMatchObject([200, { status: 'paid-elsewhere' }]);
    expect(body['paidElsewhere']).toMatchObject({ proof: null, reason });
    const closed = await api.get(`/v1/discrepancies?sellerId=${sellerId}`);
    expect(closed.body['data']).toMatchObject([
      { state: 'closed', outcome: 'owed', closeReason: reason },
      { state: 'closed', outcome: 'owed' },
    ]);
  });

  test('does not end so for what the books do not show, or for another amount', async () => {
    const { sellerId, payoutId, end } = await parked();
    const other = await parked();
    await find(other.sellerId, `po_${other.payoutId}`, -100_00);
    await find(sellerId, `po_${payoutId}`, -90_00);
    for (const [stripePayoutId, detail] of [
      ['po_unheard', 'po_unheard is not an open discrepancy'],
      [`po_${other.payoutId}`, 'for this seller and currency'],
      [`po_${payoutId}`, 'payouts of 90.00 EUR left the account, not of 100.00 EUR'],
    ]) {
      const { status, body } = await end({ stripePayoutId, reason });
      expect([status, body]).toMatchObject([
        409,
        { type: '/problems/not-paid-elsewhere', detail: expect.stringContaining(detail ?? '') },
      ]);
    }
  });

  test.each([
    {},
    { proof: 'SEPA 4711', stripePayoutId: 'po_1' },
    { proof: 'SEPA 4711', transferId: 'tr_1' },
    { transferId: 'tr_1' },
    { stripePayoutId: 'tr_1' },
  ])('is not told how by %j', async (body) => {
    const { end } = await parked();
    expect(await end({ ...body, reason })).toMatchObject({ status: 400 });
  });

  test('is owed again once a person says that the money did not arrive', async () => {
    const { sellerId, payoutId, end } = await parked();
    const path = `/v1/payouts/${payoutId}/came-back`;
    const back = { reason: 'The bank sent it back' };
    const refusal = { type: '/problems/not-returned' };
    expect(await api.post(path, back)).toMatchObject({ status: 409, body: refusal });
    await end({ proof: 'SEPA 4711', reason });
    const { status, body } = await api.post(path, back);
    expect([status, body]).toMatchObject([
      200,
      {
        status: 'returned',
        failure: null,
        paidElsewhere: { proof: 'SEPA 4711', reason, returnReason: back.reason },
      },
    ]);
    const { body: told } = await api.get(`/v1/payouts/${payoutId}/explain`);
    expect(told['summary']).toMatch(
      /^100\.00 EUR paid by somebody else outside Stripe, but the money did not arrive: it is owed again, and a later payout pays it\. No payout pays this money yet\. GET [^ ]+ says what it waits for$/,
    );
    expect(told['decisions']).toMatchObject([{}, {}, { what: 'Recorded as come back', ...back }]);
    const { body: balances } = await api.get(`/v1/sellers/${sellerId}/balances`);
    expect(balances['data']).toMatchObject([{ payable: { amount: 100_00 } }]);
    expect(await api.post(path, back)).toMatchObject({ status: 409, body: refusal });
  });

  test('waits, and names the money, its amount and the requests that end the wait', async () => {
    const { sellerId, payoutId } = await parked();
    await find(sellerId, `tr_${payoutId}`, 100_00);
    await api.post(`/v1/payouts/${payoutId}/retry`, {});
    const waits = { waiting_for: 'unordered-money' as const };
    await api.db.updateTable('payouts').set(waits).where('id', '=', payoutId).execute();
    const { body } = await api.get(`/v1/payouts/${payoutId}/explain`);
    const told = (body['waits'] as { for: string; commands: { path: string }[] }[]).filter(
      (one) => one.for === 'unordered-money',
    );
    const reasons = told.map((one) => (one as unknown as { reason: string }).reason);
    expect(reasons.at(-1)).toContain(
      `100.00 EUR came to the seller’s account without an order from the engine (tr_${payoutId})`,
    );
    expect(told.at(-1)?.commands.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/v1\/discrepancies\/disc_\w+\/close$/),
      expect.stringMatching(/^\/v1\/discrepancies\/disc_\w+\/close$/),
      `/v1/payouts/${payoutId}/paid-elsewhere`,
    ]);
    const seller = await api.get(`/v1/sellers/${sellerId}/explain`);
    expect(seller.body['summary']).toContain('100.00 EUR came to the seller’s account');
  });
});
