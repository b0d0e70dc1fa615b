import { beforeAll, describe, expect, test } from 'vitest';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordWait } from '../../../db/payouts/steps.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { later, sellerSituations, type Situations } from '../../build/seller-situations.ts';
import { startApi, type TestApi } from '../harness.ts';

type Since = { for: string; since: string | null };

let api: TestApi;
let stage: ReturnType<typeof sellerSituations>;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stage = sellerSituations(api);
  stages = payoutStages(api);
});

async function waitsOf(path: string): Promise<Since[]> {
  const { status, body } = await api.get(`${path}/explain`);
  expect(status).toBe(200);
  return body['waits'] as Since[];
}

/** A seller in this situation, with an earning that was recorded and is payable at these times. */
async function sellerWho(
  situation: keyof Situations,
  oldest?: { created_at: string; available_on?: string },
) {
  const id: SellerId = await api.makeSeller();
  await stage.situations[situation](id);
  if (oldest) {
    await api.db.updateTable('earnings').set(oldest).where('seller_id', '=', id).execute();
  }
  return id;
}

const [earned, due] = ['2026-01-02T08:00:00.000Z', '2026-01-05T08:00:00.000Z'];

describe('a wait of a seller began', () => {
  test.each<[situation: keyof Situations, reason: string, other: object]>([
    ['has money and no payout', 'no-payout', {}],
    ['has a payday to come', 'payday', {}],
    ['has less than its minimum', 'below-minimum', { amount: 5_00 }],
    ['has less than its threshold', 'threshold', { amount: 5_00 }],
    ['reaches its threshold', 'threshold', {}],
  ])('for one who %s when the oldest earning became payable', async (situation, reason, other) => {
    const id = await sellerWho(situation, { created_at: earned, available_on: due });
    await stage.earn(id, other);
    expect(await waitsOf(`/v1/sellers/${id}`)).toMatchObject([{ for: reason, since: due }]);
  });

  test('when an earning was recorded that was payable before', async () => {
    const times = { created_at: due, available_on: earned };
    const id = await sellerWho('has money and no payout', times);
    expect(await waitsOf(`/v1/sellers/${id}`)).toMatchObject([{ since: due }]);
  });

  test.each<keyof Situations>(['has money for later', 'has money that nobody knows the date of'])(
    'for one who %s when the oldest such earning was recorded',
    async (situation) => {
      const id = await sellerWho(situation, { created_at: earned });
      await stage.earn(id, { availableOn: later });
      const [first] = await waitsOf(`/v1/sellers/${id}`);
      expect(first).toMatchObject({ for: 'not-yet-available', since: earned });
    },
  );

  test('for one who earned nothing when the seller was created', async () => {
    const id = await sellerWho('is active and earned nothing');
    const { body } = await api.get(`/v1/sellers/${id}`);
    const wait = { for: 'nothing-earned', since: body['createdAt'] };
    expect(await waitsOf(`/v1/sellers/${id}`)).toMatchObject([wait]);
  });

  test.each<keyof Situations>(['is restricted', 'is restricted, and nobody says why'])(
    'for one who %s with the last restriction',
    async (situation) => {
      const id = await sellerWho(situation);
      await stage.beActive(id);
      await stage.situations[situation](id);
      const wait = { for: 'capability', since: await lastEvent(id, 'seller.restricted') };
      expect((await waitsOf(`/v1/sellers/${id}`))[0]).toMatchObject(wait);
    },
  );

  test('with the reopening for one who was restricted when somebody reopened it', async () => {
    const id = await sellerWho('is restricted');
    await stage.set(id, { status: 'closed' });
    await stage.set(id, { status: 'restricted' });
    const wait = { for: 'capability', since: await lastEvent(id, 'seller.reopened') };
    expect((await waitsOf(`/v1/sellers/${id}`))[0]).toMatchObject(wait);
  });

  test('at an unknown time while an ordered payout takes the oldest earnings', async () => {
    const id = await sellerWho('has money and no payout');
    await api.post(`/v1/sellers/${id}/payouts`, { amount: 20_00 });
    const waits = await waitsOf(`/v1/sellers/${id}`);
    expect(waits.find((one) => one.for === 'no-payout')).toMatchObject({ since: null });
  });
});

describe('a wait of a payout began', () => {
  test('when the payout began to wait for the reason, whatever happened later', async () => {
    const { sellerId, payoutId } = await stages.orderPayout();
    await stages.reserve(payoutId);
    const reason = 'platform-balance';
    await recordWait(api.db, await readPayout(api.db, payoutId), { reason, minutes: 60 });
    const key = await stages.attempt(payoutId, 'transfer');
    await recordRefused(api.db, { key, refusal: 'balance-insufficient', error: {} });
    await recordWait(api.db, await readPayout(api.db, payoutId), { reason, minutes: 60 });
    const { dates } = await readPayout(api.db, payoutId);
    await expectSince(sellerId, payoutId, { for: reason, since: dates?.waiting });
  });

  test('with its order for one that did not start', async () => {
    const { sellerId, payoutId } = await stages.orderPayout();
    await api.post(`/v1/payouts/${payoutId}/look-again`, {});
    const { dates } = await readPayout(api.db, payoutId);
    await expectSince(sellerId, payoutId, { for: 'start', since: dates?.ordered });
  });
});

async function expectSince(sellerId: SellerId, payoutId: PayoutId, wait: object) {
  expect((await waitsOf(`/v1/payouts/${payoutId}`))[0]).toMatchObject(wait);
  const ofSeller = await waitsOf(`/v1/sellers/${sellerId}`);
  expect(ofSeller).toContainEqual(expect.objectContaining({ ...wait, payoutId }));
}

async function lastEvent(
  id: SellerId,
  type: 'seller.restricted' | 'seller.reopened',
): Promise<string> {
  const { created_at } = await api.db
    .selectFrom('events')
    .select('created_at')
    .where('object_id', '=', id)
    .where('type', '=', type)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return created_at;
}
