import { beforeAll, describe, expect, test } from 'vitest';
import { parkSeller } from '../../../db/accounts/parked.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import { parkNames } from '../../../domain/parking/reasons.ts';
import { openAttempt } from '../../build/money.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import { startApi, type TestApi } from '../harness.ts';

const corridor =
  "Funds can't be sent to accounts located in JP because it's restricted outside of your platform's region";
const odd = 'The account of […] is odd';
const answer = { statusCode: 400, type: 'invalid_request_error', code: null, requestId: 'req_7' };

let api: TestApi;
let stage: ReturnType<typeof payoutStages>;
beforeAll(async () => {
  api = await startApi();
  stage = payoutStages(api);
});

/** A payout whose transfer Stripe refused with this message. */
async function refusedWith(message: string) {
  const { payoutId } = await stage.orderPayout();
  const key = await stage.attempt(await stage.reserve(payoutId), 'transfer');
  await recordRefused(api.db, { key, refusal: 'other', error: { ...answer, message } });
  await parkPayout(api.db, await readPayout(api.db, payoutId), parkNames.refused);
  return payoutId;
}

describe('why Stripe refused is said where operators look', () => {
  test.each([
    ['known', corridor, 'country-closed', /^Stripe does not let this platform send .* in JP/],
    ['unknown', odd, null, /^Stripe says: The account of \[…\] is odd .* as req_7$/],
  ])('by a reason that is %s', async (_kind, message, reason, words) => {
    const payoutId = await refusedWith(message);
    const said = expect.stringMatching(new RegExp(words.source.replace('^', '').replace('$', '')));
    const { body } = await api.get(`/v1/payouts/${payoutId}/explain`);
    expect(body).toMatchObject({
      summary: said,
      waits: [{ for: 'refused-by-stripe', reason: said }],
      attempts: [{ error: { reason, explanation: expect.stringMatching(words) } }],
      payout: { parked: { explanation: said } },
    });
    const parked = await stage.listOf('/v1/payouts?parked=true');
    expect(parked.find(({ id }) => id === payoutId)).toMatchObject({
      parked: { explanation: said },
    });
    const waiting = await stage.listOf('/v1/attention');
    expect(waiting).toContainEqual(expect.objectContaining({ id: payoutId, explanation: said }));
    const { refusal } = await readPayout(api.db, payoutId);
    expect(refusal).toEqual(
      reason === null
        ? { says: expect.stringMatching(/^The reason is not known here/), helps: 'retry' }
        : { says: expect.stringMatching(words), helps: 'paid-elsewhere' },
    );
    expect(JSON.stringify(refusal)).not.toContain('odd');
  });

  test('for an account that Stripe refused to create', async () => {
    const id = await api.makeSeller();
    const { key } = await openAttempt(api.db, {
      objectId: id,
      step: 'account',
      account: null,
      apiVersion: '2026-10-01',
      request: {},
    });
    const error = { ...answer, code: 'country_unsupported', message: null };
    await recordRefused(api.db, { key, refusal: 'other', error });
    await parkSeller(api.db, id, parkNames.accountRefused);
    const waiting = await stage.listOf('/v1/attention');
    const explanation = expect.stringMatching(/^Stripe refused to create .* support this country/);
    expect(waiting).toContainEqual(expect.objectContaining({ id, explanation }));
  });
});
