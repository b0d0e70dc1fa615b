import { beforeAll, describe, expect, test } from 'vitest';
import { readSellerToShow } from '../../../activities/explanations.ts';
import { placeHold } from '../../../db/holds.ts';
import {
  findDiscrepancyOver,
  openDiscrepancies,
} from '../../../db/reconciliation/discrepancies.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { attentionStage } from '../../build/attention-stage.ts';
import { sellerSituations } from '../../build/seller-situations.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stage: ReturnType<typeof attentionStage>;
beforeAll(async () => {
  api = await startApi();
  stage = attentionStage(api);
});

const reason = 'a look at the money';
const eur = (amount: number) => ({ amount, currency: 'eur' });

/** A seller with 50.00, of which 25.00 came by a transfer without an order and is held. */
async function unordered() {
  const sellerId: SellerId = await api.makeSeller({ status: 'active' });
  await api.post(`/v1/sellers/${sellerId}/earnings`, { amount: 50_00, currency: 'eur' });
  const object = `tr_${sellerId.slice(4)}`;
  const atStripe = { movementId: `txn_${object}`, object, net: 25_00, currency: 'eur' };
  const found = { cause: 'transfer-not-ordered', object, sellerId, atStripe } as const;
  const { about, holdId } = await api.db.transaction().execute(async (tx) => {
    await openDiscrepancies(tx, [found]);
    const of = await findDiscrepancyOver(tx, found);
    const all = { source: 'system', currency: 'eur', amount: 25_00, expiresAt: null } as const;
    const hold = await placeHold(tx, { sellerId, reason: 'came', about: of, ...all }, 'engine');
    return { about: String(of), holdId: hold.id };
  });
  const close = (outcome: string) =>
    api.post(`/v1/discrepancies/${about}/close`, { reason, outcome });
  return { sellerId, about, holdId, close };
}
const release = (holdId: string) => api.post(`/v1/holds/${holdId}/release`, { reason });
const preview = async (holdId: string) => (await api.get(`/v1/holds/${holdId}/preview`)).body;

describe('the hold of money that came without an order', () => {
  test('is not released before a person said what the money was for', async () => {
    const { about, holdId, close } = await unordered();
    const refused = await release(holdId);
    expect([refused.status, refused.body['type']]).toEqual([409, '/problems/outcome-needed']);
    expect(refused.body['detail']).toContain(`POST /v1/discrepancies/${about}/close`);
    await close('not-owed');
    const { status, body } = await release(holdId);
    expect([status, body['state']]).toEqual([200, 'released']);
  });

  test('previews that nothing is released, how to go on, and only what is owed', async () => {
    const { sellerId, about, holdId, close } = await unordered();
    const told = await preview(holdId);
    expect(told['summary']).toMatch(/^The hold cannot be released yet/);
    expect(told['summary']).toContain(`POST /v1/discrepancies/${about}/close`);
    expect(told['summary']).toContain('25.00 EUR is owed');
    expect(told['summary']).not.toContain('50.00 EUR');
    expect(told['money']).toEqual([
      {
        payable: eur(0),
        payableThen: eur(0),
        stopped: eur(25_00),
        stoppedThen: eur(25_00),
        stillHeld: eur(25_00),
      },
    ]);
    const { body } = await api.get(`/v1/sellers/${sellerId}/explain`);
    expect(body['money']).toMatchObject([{ payable: eur(0), stopped: eur(25_00) }]);
    await close('not-owed');
    expect((await preview(holdId))['money']).toMatchObject([{ payableThen: eur(50_00) }]);
  });

  test('names the closing of its discrepancy as what ends it', async () => {
    const { sellerId, about, holdId } = await unordered();
    const { body } = await api.get(`/v1/sellers/${sellerId}/explain`);
    const waits = body['waits'] as { for: string; commands: { path: string }[] }[];
    const { data } = (await api.get(`/v1/attention?sellerId=${sellerId}`)).body;
    const [entry] = data as { commands: { path: string }[] }[];
    const listed = [...(waits.find((one) => one.for === 'hold')?.commands ?? [])];
    const close = `/v1/discrepancies/${about}/close`;
    expect(listed.map(({ path }) => path)).toEqual([close, close]);
    expect(entry?.commands.map(({ path }) => path)).toEqual([close, close]);
    const read = (await api.get(`/v1/sellers/${sellerId}/holds`)).body['data'];
    expect(read).toMatchObject([{ id: holdId }]);
  });

  test('is shown in the Temporal UI and to whoever closes the seller with what ends it', async () => {
    const { sellerId, about, holdId, close } = await unordered();
    const closing = `POST /v1/discrepancies/${about}/close`;
    await sellerSituations(api).beActive(sellerId);
    const set = { payouts_manual_at: '2026-11-23T09:00:00.000Z' };
    await api.db.updateTable('sellers').set(set).where('id', '=', sellerId).execute();
    const { details = '' } = await readSellerToShow(api.db, sellerId);
    // Once for each outcome, although two reasons name the requests.
    expect(details.split(closing)).toHaveLength(3);
    expect(details).toContain(`\`${holdId}\` cannot be released before`);
    const { stops } = await readSellerForWorkflow(api.db, sellerId);
    expect(stops).toMatchObject([{ kind: 'hold', holdId, keptBy: about }]);
    const refused = await api.post(`/v1/sellers/${sellerId}/close`, { reason });
    const commands = refused.body['commands'] as { path: string }[];
    const named = commands
      .map(({ path }) => `POST ${path}`)
      .filter((one) => !/sellers|earn/.test(one));
    expect(named).toEqual([closing, closing]);
    await close('not-owed');
    const after = (await readSellerToShow(api.db, sellerId)).details;
    expect(after).toContain(`POST /v1/holds/${holdId}/release`);
    expect((await readSellerForWorkflow(api.db, sellerId)).stops).toMatchObject([{ keptBy: null }]);
  });

  test('is not released by a command for many', async () => {
    const { sellerId } = await unordered();
    const shown = await stage.preview('release-hold', { sellerId }, reason);
    expect(shown).toMatchObject({
      applies: { count: 0 },
      doesNotApply: { first: [{ why: 'no-hold' }] },
    });
  });
});
