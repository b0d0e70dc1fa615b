import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';

import { readPayout } from '../../../db/payouts/rows.ts';
import type { ParkReason } from '../../../domain/parking/reasons.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { attentionStage, parkedSeller, whys } from '../../build/attention-stage.ts';
import { startApi, type TestApi } from '../harness.ts';

let api: TestApi;
let stage: ReturnType<typeof attentionStage>;
beforeEach(async () => {
  api = await startApi();
  stage = attentionStage(api);
});

describe('a preview', () => {
  test('says what a command would do, to how much, and to what it would not; and does nothing', async () => {
    const first = await stage.stopped();
    const second = await stage.stopped();
    const seller = await parkedSeller(api, 'account-refused');
    const unknown = await stage.stages.parkUnknown('transfer');
    const doubtful = await parkedSeller(api, 'account-outcome-unknown');
    const { sellerId } = await stage.difference();
    await api.db.deleteFrom('wake_ups').execute();
    const shown = await stage.preview('retry');
    expect(shown).toMatchObject({
      applies: { count: 3, atStake: [{ amount: 270_00, currency: 'eur' }] },
      hasMore: false,
    });
    expect(shown.applies.first.map(({ id, targets }) => [id, targets])).toEqual([
      [first.payoutId, [{ kind: 'payout', id: first.payoutId }]],
      [second.payoutId, [{ kind: 'payout', id: second.payoutId }]],
      [seller, [{ kind: 'seller', id: seller }]],
    ]);
    const { data } = (await api.get(`/v1/discrepancies?sellerId=${sellerId}`)).body;
    const [{ id: differs } = { id: '' }] = data as { id: string }[];
    const { data: listed } = (await api.get(`/v1/attention?sellerId=${sellerId}&kind=hold`)).body;
    const [{ id: hold } = { id: '' }] = listed as { id: string }[];
    expect(whys(shown)).toEqual({
      [unknown]: 'look-first',
      [doubtful]: 'look-first',
      [differs]: 'not-offered',
      [hold]: 'not-offered',
    });
    expect(await api.wakeUps()).toEqual([]);
    expect(await stage.parkedOf(first.payoutId)).toBe('refused-by-stripe');
  });

  test('keeps to the filter, and gives no token where there is nothing to do', async () => {
    const { sellerId } = await stage.stopped();
    await stage.stopped();
    expect((await stage.preview('retry', { sellerId })).applies.count).toBe(1);
    const none = await stage.preview('retry', { currency: 'usd' });
    expect(none).toMatchObject({ token: null, expiresAt: null, applies: { count: 0 } });
  });

  test.each<[ParkReason]>([['refused-by-stripe'], ['unexpected-state'], ['outcome-unknown']])(
    'of %s offers for many what is offered for one, confirmations apart',
    async (reason) => {
      const { payoutId } =
        reason === 'outcome-unknown'
          ? { payoutId: await stage.stages.parkUnknown('transfer') }
          : await stage.stopped(reason);
      const { data } = (await api.get('/v1/attention')).body;
      const [item] = data as { commands: { path: string }[] }[];
      const offered = item?.commands.map(({ path }) => path.split('/').at(-1)) ?? [];
      for (const command of ['retry', 'cancel']) {
        const { applies } = await stage.preview(command);
        expect(applies.count, command).toBe(offered.includes(command) ? 1 : 0);
      }
      expect(await stage.parkedOf(payoutId)).toBe(reason);
    },
  );

  test('takes the five hundred that wait longest, and says that there are more', async () => {
    const { sellerId } = await stage.stages.orderPayout();
    await sql`
      insert into payouts (id, seller_id, currency, requested_amount, ordered_by, parked, parked_at)
      select 'payout_' || lpad(n::text, 20, '0'), ${sellerId}, 'eur', 100, 'key_x',
        'refused-by-stripe', business_now() - n * interval '1 minute'
      from generate_series(1, 501) as n
    `.execute(api.db);
    const shown = await stage.preview('retry');
    expect(shown).toMatchObject({
      applies: { count: 500, atStake: [{ amount: 500_00, currency: 'eur' }] },
      hasMore: true,
    });
    expect(shown.applies.first).toHaveLength(20);
    expect((await stage.run(shown.token)).list).toMatchObject({ done: 500, leftOut: 0, open: 0 });
    expect(await stage.preview('retry')).toMatchObject({ applies: { count: 1 }, hasMore: false });
  });

  test('does for one seller only once what several of its stops would ask for', async () => {
    const { sellerId, payoutId } = await stage.stopped();
    const { payoutId: other } = await stage.stages.orderFor(sellerId, { amount: 10_00 });
    await parkPayout(api.db, await readPayout(api.db, other), 'unexpected-state');
    const shown = await stage.preview('pause-seller', {}, 'a look first');
    expect(shown.applies.first.map(({ id }) => id)).toEqual([payoutId]);
    expect(whys(shown)).toEqual({ [other]: 'same-target' });
  });

  test.each([
    [{ command: 'retry' }, '/filter', 'is required'],
    [
      { filter: {} },
      '/command',
      'must be one of retry, cancel, confirm-not-sent, release-hold, resume-bank-account, pause-seller, resume-seller',
    ],
    [
      { filter: {}, command: 'confirm-sent' },
      '/command',
      'must be one of retry, cancel, confirm-not-sent, release-hold, resume-bank-account, pause-seller, resume-seller',
    ],
    [{ filter: {}, command: 'pause-seller' }, '/reason', 'is required'],
    [{ filter: {}, command: 'retry', reason: 'x' }, '/reason', 'must be absent with retry'],
    [
      { filter: { kind: 'bank' }, command: 'retry' },
      '/filter/kind',
      'must be one of payout, seller, discrepancy, hold, pause, stop, funding',
    ],
    [
      { filter: { sellerId: 'x' }, command: 'retry' },
      '/filter/sellerId',
      'must be the id of a seller',
    ],
    [
      { filter: { parked: true }, command: 'retry' },
      '/filter/parked',
      'is not a field of this request',
    ],
  ])('%j is refused: %s %s', async (asked, pointer, rule) => {
    const { status, body } = await api.post('/v1/attention/preview', asked);
    expect([status, body['errors']]).toEqual([400, [{ in: 'body', pointer, rule }]]);
  });
});
