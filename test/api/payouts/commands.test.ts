import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startStripeSide } from '../../build/stripe-side.ts';
import { startApi, type TestApi } from '../harness.ts';

let sandbox: Awaited<ReturnType<typeof startStripeSide>>;
let api: TestApi;
let stages: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  sandbox = await startStripeSide();
  api = await startApi({ stripeAt: sandbox.url });
  stages = payoutStages(api, { account: () => sandbox.account() });
});
afterAll(() => sandbox.close());

describe('a payout whose outcome is unknown', () => {
  test('names the requests that resolve it', async () => {
    const payoutId = await stages.parkUnknown('transfer');
    expect(await stages.show(payoutId)).toMatchObject({
      waiting: null,
      parked: {
        reason: 'outcome-unknown',
        step: 'transfer',
        since: expect.any(String),
        commands: [
          { method: 'POST', path: `/v1/payouts/${payoutId}/confirm-sent` },
          { method: 'POST', path: `/v1/payouts/${payoutId}/confirm-not-sent`, body: {} },
        ],
      },
    });
  });

  test.each([
    ['transfer', 'tr_found', 'reserved'],
    ['payout', 'po_found', 'transferred'],
  ] as const)('looks at its %s when that is confirmed as sent', async (step, found, status) => {
    const payoutId = await stages.parkUnknown(step);
    const path = `/v1/payouts/${payoutId}/confirm-sent`;
    const confirmed = await api.post(path, { stripeId: found });
    expect(confirmed.status).toBe(200);
    expect(confirmed.body).toMatchObject({ status, parked: null, waitingFor: 'outcome-look-up' });
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `payout/${payoutId}`,
      topics: ['payouts'],
    });
    const attempts = await stages.listOf(`/v1/payouts/${payoutId}/attempts`);
    expect(attempts.at(-1)).toMatchObject({ step, state: 'unknown', stripeId: null });
    const again = await api.post(path, { stripeId: found });
    expect([again.status, again.body['type']]).toEqual([409, '/problems/payout-not-parked']);
  });

  test('is tried under a new key when it is confirmed as not sent', async () => {
    const payoutId = await stages.parkUnknown('payout');
    const { status, body } = await api.post(`/v1/payouts/${payoutId}/confirm-not-sent`, {});
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'transferred', parked: null });
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `payout/${payoutId}`,
      topics: ['payouts'],
    });
    expect(await stages.attempt(payoutId, 'payout')).toBe(`${payoutId}/payout/2`);
    const timeline = await stages.listOf(`/v1/payouts/${payoutId}/timeline`);
    expect(timeline.filter(({ kind }) => kind === 'command').at(-1)).toMatchObject({
      text: 'Confirmed as not sent by shop',
    });
  });

  test.each([
    ['a payout’s id for a transfer', 'po_1'],
    ['an id that is none', 'tr_; drop'],
    ['an account’s id', 'acct_1'],
  ])('is not resolved by %s', async (_what, stripeId) => {
    const payoutId = await stages.parkUnknown('transfer');
    const { status, body } = await api.post(`/v1/payouts/${payoutId}/confirm-sent`, { stripeId });
    expect([status, body['errors']]).toMatchObject([400, [{ pointer: '/stripeId' }]]);
    expect(await stages.show(payoutId)).toMatchObject({ parked: { reason: 'outcome-unknown' } });
  });

  test('is not resolved by what another payout brought', async () => {
    const other = await stages.parkUnknown('payout');
    const payoutId = await stages.parkUnknown('transfer');
    const path = `/v1/payouts/${payoutId}/confirm-sent`;
    const { status, body } = await api.post(path, { stripeId: `tr_${other.slice(7)}` });
    expect([status, body['errors']]).toMatchObject([
      400,
      [{ rule: expect.stringContaining('another') }],
    ]);
    expect(await stages.show(payoutId)).toMatchObject({ parked: { reason: 'outcome-unknown' } });
  });

  test('says what was wrong with what was named', async () => {
    const payoutId = await stages.parkUnknown('transfer');
    await api.post(`/v1/payouts/${payoutId}/confirm-sent`, { stripeId: 'tr_wrong' });
    const detail = 'tr_wrong: it was reversed';
    await parkPayout(api.db, await readPayout(api.db, payoutId), 'outcome-unknown', detail);
    expect(await stages.show(payoutId)).toMatchObject({
      parked: { explanation: expect.stringContaining(`The engine’s own check: ${detail}`) },
    });
    const { body } = await api.get('/v1/attention?limit=100');
    expect(JSON.stringify(body['data'])).toContain(detail);
  });

  test('is resolved once by two people who disagree at the same moment', async () => {
    const payoutId = await stages.parkUnknown('transfer');
    const answers = await Promise.all([
      api.post(`/v1/payouts/${payoutId}/confirm-sent`, { stripeId: `tr_${payoutId}` }),
      api.post(`/v1/payouts/${payoutId}/confirm-not-sent`, {}, { as: 'other' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  test('cannot be told to try again before somebody says whether it was sent', async () => {
    const payoutId = await stages.parkUnknown('payout');
    const { status, body } = await api.post(`/v1/payouts/${payoutId}/retry`, {});
    expect([status, body['type']]).toEqual([409, '/problems/payout-not-parked']);
  });
});

describe('a payout that Stripe refused for good', () => {
  test('is told to try again, under a new key', async () => {
    const { payoutId } = await stages.orderPayout();
    await reservePayout(api.db, payoutId);
    const key = await stages.attempt(payoutId, 'transfer');
    await recordRefused(api.db, { key, refusal: 'other', error: { statusCode: 400 } });
    await parkPayout(api.db, await readPayout(api.db, payoutId), 'refused-by-stripe');
    expect(await stages.show(payoutId)).toMatchObject({
      parked: {
        commands: [
          { path: `/v1/payouts/${payoutId}/retry` },
          { path: `/v1/payouts/${payoutId}/cancel` },
          { path: `/v1/payouts/${payoutId}/paid-elsewhere`, body: { stripePayoutId: 'po_...' } },
        ],
      },
    });
    const { status, body } = await api.post(`/v1/payouts/${payoutId}/retry`, {});
    expect([status, body['parked']]).toEqual([200, null]);
    expect(await api.wakeUps()).toContainEqual({
      workflow_id: `payout/${payoutId}`,
      topics: ['payouts'],
    });
    expect(await stages.attempt(payoutId, 'transfer')).toBe(`${payoutId}/transfer/2`);
  });

  test.each(['confirm-not-sent', 'retry', 'confirm-sent'])(
    'and one that did not stop has nothing to %s',
    async (name) => {
      const { payoutId } = await stages.orderPayout();
      const before = await stages.show(payoutId);
      const body = name === 'confirm-sent' ? { stripeId: 'tr_1' } : {};
      const refused = await api.post(`/v1/payouts/${payoutId}/${name}`, body);
      expect([refused.status, refused.body['type']]).toEqual([409, '/problems/payout-not-parked']);
      expect(await stages.show(payoutId)).toEqual(before);
    },
  );
});
