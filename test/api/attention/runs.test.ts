import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';

import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { until } from '../../../dev/wait.ts';
import { attentionStage, outcomes, parkedSeller, whys } from '../../build/attention-stage.ts';
import { hourMs } from '../../build/money.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stage: ReturnType<typeof attentionStage>;
beforeEach(async () => {
  api = await startApi();
  stage = attentionStage(api);
});

describe('a run', () => {
  test('does exactly what was shown, each once, and a repeat answers the same', async () => {
    const shown = await stage.stopped();
    const seller = await parkedSeller(api, 'account-refused');
    const { token } = await stage.preview('retry');
    const later = await stage.stopped();
    await api.db.deleteFrom('wake_ups').execute();
    const first = await stage.run(token, { key: 'once' });
    expect([first.status, first.list]).toMatchObject([200, { done: 2, leftOut: 0, open: 0 }]);
    expect(outcomes(first.list)).toEqual({ [shown.payoutId]: 'done', [seller]: 'done' });
    expect(await stage.parkedOf(shown.payoutId)).toBeNull();
    expect(await stage.parkedOf(later.payoutId)).toBe('refused-by-stripe');
    expect(await api.wakeUps()).toHaveLength(2);
    await parkPayout(api.db, await readPayout(api.db, shown.payoutId), 'refused-by-stripe');
    expect(await stage.run(token, { key: 'once' })).toMatchObject(first);
    expect(await stage.parkedOf(shown.payoutId)).toBe('refused-by-stripe');
    expect((await api.get(`/v1/attention/lists/${token}`)).body).toEqual(first.list);
  });

  test('is in nobody’s way who takes the names of its parts for an Idempotency-Key', async () => {
    const { payoutId } = await stage.stopped();
    const { token } = await stage.preview('retry');
    for (const sign of ['/', '.', ':']) {
      const seller = { email: 'a@shop.example', country: 'US', externalId: `by ${sign}` };
      await api.post('/v1/sellers', seller, { key: `${token}${sign}0` });
    }
    const { status, list } = await stage.run(token);
    expect([status, outcomes(list)]).toEqual([200, { [payoutId]: 'done' }]);
  });

  test('names who decided it, and why, in the explanation and the events of each', async () => {
    const { payoutId } = await stage.stopped();
    await stage.run((await stage.preview('retry')).token);
    const { decisions } = (await api.get(`/v1/payouts/${payoutId}/explain`)).body;
    expect(decisions).toMatchObject([
      { what: 'Ordered' },
      { what: 'Retry ordered', apiKeyName: 'shop', reason: 'Stripe says that it is put right' },
    ]);
    // Shown once nothing is under way that began before it.
    const told = await until('its event is shown', async () => {
      const { body } = await api.get(`/v1/events?objectId=${payoutId}&type=payout.unparked`);
      return (body as { data: { data: { actor: string } }[] }).data[0];
    });
    expect(told.data.actor).toMatch(/^key_/);
  });

  test('leaves out what does not stand as it was shown, and says why', async () => {
    const [gone, again, paused, others, stays] = [
      await stage.stopped(),
      await stage.stopped(),
      await stage.stopped(),
      await stage.stopped(),
      await stage.stopped(),
    ];
    const { token } = await stage.preview('pause-seller', {}, 'a look first');
    await api.post(`/v1/payouts/${gone.payoutId}/retry`, {});
    await api.post(`/v1/payouts/${again.payoutId}/retry`, {});
    await parkPayout(api.db, await readPayout(api.db, again.payoutId), 'unexpected-state');
    await api.post(`/v1/sellers/${paused.sellerId}/pause`, { reason: 'a look first' });
    await api.post(`/v1/sellers/${others.sellerId}/pause`, { reason: 'another reason' });
    const { list } = await stage.run(token);
    expect(list).toMatchObject({ done: 2, leftOut: 3 });
    expect(outcomes(list)).toEqual({
      [gone.payoutId]: 'waits-no-more',
      [again.payoutId]: 'changed',
      [paused.payoutId]: 'paused-already',
      [others.payoutId]: 'done',
      [stays.payoutId]: 'done',
    });
    const { body } = await api.get(`/v1/sellers/${others.sellerId}`);
    expect(body['pauses']).toMatchObject([
      { reason: 'another reason' },
      { reason: 'a look first' },
    ]);
  });

  test('calls payouts off and frees their money where it is', async () => {
    const { sellerId, payoutId } = await stage.stopped();
    const { token, applies } = await stage.preview('cancel', { reason: 'refused-by-stripe' });
    expect(applies.atStake).toEqual([{ amount: 100_00, currency: 'eur' }]);
    expect(outcomes((await stage.run(token)).list)).toEqual({ [payoutId]: 'done' });
    expect((await readPayout(api.db, payoutId)).status).toBe('canceled');
    const { data } = (await api.get(`/v1/sellers/${sellerId}/balances`)).body;
    expect(data).toMatchObject([{ places: { platform: 100_00, 'platform-reserved': 0 } }]);
  });

  test('leaves a payout alone whose request to Stripe has no answer', async () => {
    const { payoutId } = await stage.stages.orderPayout();
    await stage.stages.reserve(payoutId);
    await stage.stages.attempt(payoutId, 'transfer');
    await parkPayout(api.db, await readPayout(api.db, payoutId), 'refused-by-stripe');
    expect(whys(await stage.preview('cancel'))).toEqual({ [payoutId]: 'outcome-open' });
  });

  test('pauses sellers and resumes them, with the reason that was shown', async () => {
    const { sellerId } = await stage.stopped();
    await stage.run((await stage.preview('pause-seller', {}, 'fraud wave')).token);
    const pauses = async () => (await api.get(`/v1/sellers/${sellerId}`)).body['pauses'];
    expect(await pauses()).toMatchObject([{ reason: 'fraud wave' }]);
    await stage.run((await stage.preview('resume-seller', {}, 'over')).token);
    expect(await pauses()).toEqual([]);
  });

  test('resumes no seller whom somebody else paused, also after the preview', async () => {
    const [before, after] = [await stage.stopped(), await stage.stopped()];
    const pause = (sellerId: string, as: 'admin' | 'other') =>
      api.post(`/v1/sellers/${sellerId}/pause`, { reason: `for ${as}` }, { as });
    await pause(before.sellerId, 'other');
    await pause(after.sellerId, 'admin');
    const preview = await stage.preview('resume-seller', { kind: 'payout' }, 'over');
    expect(whys(preview)).toEqual({ [before.payoutId]: 'pause-not-named' });
    await pause(after.sellerId, 'other');
    const { list } = await stage.run(preview.token);
    expect(outcomes(list)).toEqual({ [after.payoutId]: 'pause-not-named' });
  });

  test('releases the hold that was placed with a difference, and no other', async () => {
    const { sellerId, holdId } = await stage.difference('reversal-not-ordered');
    const { token, applies } = await stage.preview('release-hold', {}, 'it is theirs');
    expect(applies.first.map(({ targets }) => targets)).toEqual([[{ kind: 'hold', id: holdId }]]);
    await stage.run(token);
    const { data } = (await api.get(`/v1/sellers/${sellerId}/holds?active=false`)).body;
    expect(data).toMatchObject([{ id: holdId, releaseReason: 'it is theirs' }]);
  });

  test('resumes the paused bank account that the money would go to', async () => {
    const { sellerId } = await stage.stopped();
    for (const [stripe_id, currency] of [
      ['ba_eur', 'eur'],
      ['ba_usd', 'usd'],
    ] as const) {
      const bank = { seller_id: sellerId, stripe_id, currency, status: 'errored' };
      await api.db
        .insertInto('bank_accounts')
        .values({ ...bank, is_default: true, paused_at: '2026-11-01T00:00:00Z' })
        .execute();
    }
    const { token } = await stage.preview('resume-bank-account');
    expect((await stage.run(token)).list).toMatchObject({
      items: [{ target: { kind: 'bank-account', id: 'ba_eur' }, outcome: 'done' }],
    });
    const { data } = (await api.get(`/v1/sellers/${sellerId}/bank-accounts`)).body;
    const banks = data as { id: string; pausedAt: string | null }[];
    const paused = banks.filter(({ pausedAt }) => pausedAt !== null);
    expect(paused.map(({ id }) => id)).toEqual(['ba_usd']);
  });

  test('that breaks at one does the others, and the rest when it is asked again', async () => {
    const bad = await stage.stopped();
    const good = await stage.stopped();
    const { token } = await stage.preview('retry');
    await sql`alter table payouts add constraint broken check (id <> ${sql.lit(bad.payoutId)}
      or parked is not null)`.execute(api.db);
    expect((await stage.run(token, { key: 'again' })).status).toBe(500);
    expect(await stage.parkedOf(good.payoutId)).toBeNull();
    expect((await api.get(`/v1/attention/lists/${token}`)).body).toMatchObject({ open: 1 });
    await sql`alter table payouts drop constraint broken`.execute(api.db);
    expect((await stage.run(token, { key: 'again' })).list).toMatchObject({ done: 2, open: 0 });
  });

  test('that is asked for by many at once is done once', async () => {
    const all = [await stage.stopped(), await stage.stopped(), await stage.stopped()];
    const { token } = await stage.preview('cancel');
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => stage.run(token, { key: 'at once' })),
    );
    const done = answers.filter(({ status }) => status === 200);
    expect(done.length).toBeGreaterThan(0);
    for (const { list } of done) expect(list).toMatchObject({ done: 3, leftOut: 0 });
    const { rows } = await sql`select from events where type = 'payout.canceled'`.execute(api.db);
    expect(rows).toHaveLength(all.length);
  });

  test('is for one key, an hour, and tokens that a preview gave', async () => {
    await stage.stopped();
    const { token } = await stage.preview('retry');
    const { token: late } = await stage.preview('cancel');
    expect((await stage.run(token)).status).toBe(200);
    expect(await stage.run(token)).toMatchObject({
      status: 409,
      type: '/problems/attention-list-run',
    });
    await api.db.updateTable('clock').set({ offset_ms: hourMs }).execute();
    const gone = await stage.run(late);
    expect(gone).toMatchObject({ status: 410, type: '/problems/attention-list-expired' });
    const none = await stage.run('list_00000000000000000000');
    expect(none).toMatchObject({ status: 404, type: '/problems/unknown-attention-list' });
    expect((await stage.run('x')).status).toBe(400);
    const { status } = await api.get('/v1/attention/lists/list_00000000000000000000');
    expect(status).toBe(404);
    expect((await api.get('/v1/attention/lists/x')).body['type']).toBe(none.type);
  });

  test('is not for a key that may only read; what nobody ran is forgotten after a day', async () => {
    await stage.stopped();
    const { token } = await stage.preview('retry');
    const asked = { token, reason: 'so' };
    expect((await api.post('/v1/attention/run', asked, { as: 'read' })).status).toBe(403);
    await api.db
      .updateTable('clock')
      .set({ offset_ms: 26 * hourMs })
      .execute();
    await stage.preview('retry');
    expect((await api.get(`/v1/attention/lists/${token}`)).status).toBe(404);
  });
});
