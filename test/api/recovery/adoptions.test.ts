import { beforeEach, describe, expect, test } from 'vitest';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { recordUnknownMade } from '../../../db/recovery/comparison.ts';
import { newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import { startApi, type TestApi } from '../harness.ts';

const reason = { reason: 'reversed in the Dashboard' };
const adopt = '/v1/recovery/adopt';
const dismiss = (stripeId: string) => `/v1/recovery/${stripeId}/dismiss`;

let api: TestApi;
let sellerId: SellerId;
let payoutId: PayoutId;
beforeEach(async () => {
  api = await startApi();
  sellerId = await api.makeSeller({ status: 'active' });
  payoutId = newId('payout');
  await find();
});

/** Stripe made a transfer for the seller, and one for an account that no seller has. */
async function find(): Promise<void> {
  const made = { step: 'transfer', amount: 50_00, currency: 'eur' } as const;
  const createdAt = '2026-11-01T00:00:00.000Z';
  const stripeAccount = `acct_${sellerId.slice(4)}` as const;
  await recordUnknownMade(api.db, [
    { ...made, stripeId: 'tr_lost', payoutId, stripeAccount, createdAt },
    { ...made, stripeId: 'tr_alien', payoutId, stripeAccount: 'acct_alien', createdAt },
  ]);
}

async function open(): Promise<unknown[]> {
  return idsOf(await api.get('/v1/recovery'));
}

function idsOf({ body }: { body: Record<string, unknown> }): unknown[] {
  return (body['data'] as { stripeId: string }[]).map(({ stripeId }) => stripeId).toSorted();
}

/** The status of an answer and its problem. */
function said({ status, body }: { status: number; body: Record<string, unknown> }): string {
  return `${status} ${String(body['type'])}`;
}

/** What the decision left behind. */
async function readBooks() {
  const [entries, payouts, decided] = await Promise.all([
    api.db.selectFrom('ledger_entries').select('kind').execute(),
    api.db.selectFrom('payouts').select(['id', 'status']).execute(),
    api.db
      .selectFrom('adoptions')
      .select(['stripe_id', 'outcome', 'reason'])
      .where('closed_at', 'is not', null)
      .orderBy('stripe_id')
      .execute(),
  ]);
  return { entries: entries.length, payouts, decided };
}

const nothing = { entries: 0, payouts: [], decided: [] };

describe('dismissing', () => {
  test('leaves one alone for good, though Stripe shows it again, and books nothing', async () => {
    const answer = await api.post(dismiss('tr_lost'), reason);
    expect([answer.status, idsOf(answer)]).toEqual([200, ['tr_alien']]);
    await find();
    expect(await open()).toEqual(['tr_alien']);
    expect(idsOf(await api.post(adopt, reason))).toEqual([]);
    const decided = [{ stripe_id: 'tr_lost', outcome: 'dismissed', ...reason }];
    expect(await readBooks()).toEqual({ ...nothing, decided });
  });

  test('is the way on for what nobody can adopt: then money may be resumed', async () => {
    const [stop] = (await readOperations(api.db)).stops;
    const lift = { ...reason, stopId: stop?.id };
    const resume = () => api.post('/v1/operations/resume-money', lift);
    await api.post(adopt, reason);
    expect(said(await resume())).toBe('409 /problems/recovery-open');
    expect((await api.post(dismiss('tr_alien'), reason)).status).toBe(200);
    expect(await resume()).toMatchObject({ status: 200, body: { moneyStopped: false } });
  });

  test('is done once: a repeat gets the first answer, another order finds nothing', async () => {
    const first = await api.post(dismiss('tr_lost'), reason, { key: 'once' });
    const again = await api.post(dismiss('tr_lost'), reason, { key: 'once' });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toMatchObject(first.body);
    const late = await api.post(dismiss('tr_lost'), reason);
    expect(said(late)).toBe('404 /problems/unknown-adoption');
  });

  test('what was adopted is refused, and stays adopted', async () => {
    await api.post(adopt, reason);
    const before = await readBooks();
    const late = await api.post(dismiss('tr_lost'), reason);
    expect(said(late)).toBe('404 /problems/unknown-adoption');
    expect(await readBooks()).toEqual(before);
  });
});

describe('adopting', () => {
  test('takes over what has a seller, and leaves the rest open', async () => {
    expect(idsOf(await api.post(adopt, reason))).toEqual(['tr_lost']);
    expect(await open()).toEqual(['tr_alien']);
    const { payouts, decided } = await readBooks();
    expect(payouts).toEqual([{ id: payoutId, status: 'canceled' }]);
    expect(decided).toEqual([{ stripe_id: 'tr_lost', outcome: 'adopted', ...reason }]);
  });

  test('by two at one moment books it once', async () => {
    const both = await Promise.all([api.post(adopt, reason), api.post(adopt, reason)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both.flatMap(idsOf)).toEqual(['tr_lost']);
    const { entries } = await readBooks();
    expect(idsOf(await api.post(adopt, reason))).toEqual([]);
    expect((await readBooks()).entries).toBe(entries);
  });
});

test.each<[path: string, body: unknown, options: Parameters<TestApi['post']>[2], refusal: string]>([
  [dismiss('tr_unheard'), reason, {}, '404 /problems/unknown-adoption'],
  [dismiss('ch_1'), reason, {}, '404 /problems/unknown-path'],
  [dismiss('%00'), reason, {}, '404 /problems/unknown-path'],
  [dismiss('tr_lost'), {}, {}, '400 /problems/invalid-request'],
  [dismiss('tr_lost'), { reason: '' }, {}, '400 /problems/invalid-request'],
  [dismiss('tr_lost'), reason, { key: null }, '400 /problems/idempotency-key-missing'],
  [dismiss('tr_lost'), reason, { as: 'read' }, '403 /problems/forbidden'],
  [adopt, {}, {}, '400 /problems/invalid-request'],
  [adopt, { ...reason, stripeId: 'tr_lost' }, {}, '400 /problems/invalid-request'],
  [adopt, reason, { key: null }, '400 /problems/idempotency-key-missing'],
  [adopt, reason, { as: 'read' }, '403 /problems/forbidden'],
])('POST %s with %j, %j is refused as %s and decides nothing', async (path, body, options, why) => {
  expect(said(await api.post(path, body, options))).toBe(why);
  expect(await open()).toEqual(['tr_alien', 'tr_lost']);
  expect(await readBooks()).toEqual(nothing);
});
