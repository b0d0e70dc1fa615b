import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { openDiscrepancies } from '../../../db/reconciliation/discrepancies.ts';
import { recordUnknownMade } from '../../../db/recovery/comparison.ts';
import type { CommandKind } from '../../../domain/commands/kinds.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { attentionStage } from '../../build/attention-stage.ts';
import { stopAllMoney } from '../../build/money.ts';
import { payoutStages } from '../../build/payout-stages.ts';
import type { startStripeSide } from '../../build/stripe-side.ts';
import type { TestApi } from '../harness.ts';
import { sellerScenes } from './seller-scenes.ts';

type Body = Record<string, unknown>;
type StripeSide = Awaited<ReturnType<typeof startStripeSide>>;

/** A command that can be sent now, and how to see and undo its effect. */
export type Scene = {
  path: string;
  body?: object;
  method?: 'POST' | 'PATCH';
  /** Undoes the effect, as somebody else might meanwhile. Absent if nothing undoes it. */
  undo?: (answer: Body) => Promise<unknown>;
  /** Whether the effect applies. Absent if nothing undoes it. */
  applies?: () => Promise<boolean>;
};

const notAsked = { cancel_ordered_at: null, cancel_ordered_by: null };
const reason = { reason: 'a reason' };

/** A scene for each command of the API, at which it is accepted. */
export function commandScenes(
  api: TestApi,
  side: StripeSide,
): Record<CommandKind, () => Promise<Scene>> {
  return {
    ...sellerScenes(api),
    ...ofMoney(api),
    ...ofEarnings(api),
    ...ofPayouts(api, side),
    ...ofParkedPayouts(api, side),
    ...ofOthers(api),
  };
}

function ofMoney(api: TestApi) {
  const seller = (): Promise<SellerId> => api.makeSeller({ status: 'active' });
  const operations = async () =>
    (await api.get('/v1/operations')).body as { stops: { id: string; reason: string }[] };
  const lift = async () => {
    for (const { id: stopId } of (await operations()).stops) {
      await api.post('/v1/operations/resume-money', { stopId, ...reason });
    }
  };
  const placeHold = async () => {
    const path = `/v1/sellers/${await seller()}/holds`;
    const { body } = await api.post(path, reason);
    return { path, id: String(body['id']) };
  };
  const heldBy = async (path: string) => (await api.get(`${path}?active=true`)).body['data'];
  return {
    'stop-money': async () => {
      const applies = async () => (await operations()).stops.some((one) => one.reason === 'stop');
      const path = '/v1/operations/stop-money';
      return { path, body: { reason: 'stop' }, undo: lift, applies };
    },
    'resume-money': async () => {
      await lift();
      await api.post('/v1/operations/stop-money', { reason: 'a first reason' });
      const undo = () => stopAllMoney(api.db, { reason: 'another reason' });
      const applies = async () => (await operations()).stops.length === 0;
      return { path: '/v1/operations/resume-money', body: reason, undo, applies };
    },
    'place-hold': async () => {
      const path = `/v1/sellers/${await seller()}/holds`;
      const applies = async () => ((await heldBy(path)) as unknown[]).length === 1;
      const undo = async () => {
        const [hold] = (await heldBy(path)) as { id: string }[];
        await api.post(`/v1/holds/${hold?.id}/release`, reason);
      };
      return { path, body: reason, undo, applies };
    },
    'release-hold': async () => {
      const { path, id } = await placeHold();
      const undo = () => api.post(path, reason);
      const applies = async () => ((await heldBy(path)) as unknown[]).length === 0;
      return { path: `/v1/holds/${id}/release`, body: reason, undo, applies };
    },
  };
}

function ofEarnings(api: TestApi) {
  const seller = (): Promise<SellerId> => api.makeSeller({ status: 'active' });
  const earning = async () => {
    const path = `/v1/sellers/${await seller()}/earnings`;
    const { body } = await api.post(path, { amount: 10_00, currency: 'eur' });
    return String(body['id']);
  };
  return {
    'create-earning': async () => {
      return {
        path: `/v1/sellers/${await seller()}/earnings`,
        body: { amount: 10_00, currency: 'eur' },
      };
    },
    'create-earnings': async () => {
      const earnings = [{ amount: 10_00, currency: 'eur' }];
      return { path: `/v1/sellers/${await seller()}/earnings/batch`, body: { earnings } };
    },
    'withdraw-earning': async () => {
      return { path: `/v1/earnings/${await earning()}/withdraw`, body: reason };
    },
    'correct-earning': async () => {
      const path = `/v1/earnings/${await earning()}/correct`;
      return { path, body: { ...reason, amount: 7_00 } };
    },
  };
}

function ofPayouts(api: TestApi, side: StripeSide) {
  const stages = payoutStages(api, { account: () => side.account() });
  const to = (id: string, name: string) => `/v1/payouts/${id}/${name}`;
  const status = async (id: string) => (await stages.show(id))['status'];
  return {
    'create-payout': async () => {
      const path = `/v1/sellers/${await api.makeSeller({ status: 'active' })}/payouts`;
      const listed = async () => (await stages.listOf(path)) as { id: string; status: string }[];
      const undo = async () => {
        for (const { id } of await listed()) await api.post(to(id, 'cancel'), {});
      };
      const applies = async () => (await listed()).some((one) => one.status === 'requested');
      return { path, body: {}, undo, applies };
    },
    'cancel-payout': async () => {
      const { payoutId } = await stages.orderPayout();
      // An adoption after a restore continues a canceled payout.
      const undo = () =>
        api.db
          .updateTable('payouts')
          .set({ status: 'requested', over_at: null, ...notAsked })
          .where('id', '=', payoutId)
          .execute();
      const applies = async () => (await status(payoutId)) === 'canceled';
      return { path: to(payoutId, 'cancel'), body: {}, undo, applies };
    },
  };
}

function ofParkedPayouts(api: TestApi, side: StripeSide) {
  const stages = payoutStages(api, { account: () => side.account() });
  const to = (id: string, name: string) => `/v1/payouts/${id}/${name}`;
  return {
    'confirm-sent': async () => {
      const payoutId = await stages.parkUnknown('transfer');
      return { path: to(payoutId, 'confirm-sent'), body: { stripeId: `tr_${payoutId.slice(7)}` } };
    },
    'confirm-not-sent': async () => {
      return { path: to(await stages.parkUnknown('transfer'), 'confirm-not-sent'), body: {} };
    },
    'retry-payout': async () => {
      const { payoutId } = await stages.orderPayout();
      await stages.reserve(payoutId);
      const park = async () =>
        parkPayout(api.db, await readPayout(api.db, payoutId), 'refused-by-stripe');
      await park();
      const applies = async () => (await stages.show(payoutId))['parked'] === null;
      return { path: to(payoutId, 'retry'), body: {}, undo: park, applies };
    },
    'payout-paid-elsewhere': async () => {
      const { payoutId } = await stages.orderPayout({ amount: 50_00 });
      const body = { ...reason, proof: 'bank transfer 17' };
      return { path: to(payoutId, 'paid-elsewhere'), body };
    },
    'payout-came-back': async () => {
      const { payoutId } = await stages.orderPayout({ amount: 50_00 });
      await api.post(to(payoutId, 'paid-elsewhere'), { ...reason, proof: 'bank transfer 18' });
      return { path: to(payoutId, 'came-back'), body: reason };
    },
    'leave-with-seller': async () => {
      await side.fund(900_00);
      const payoutId = await stages.parkUnknown('payout');
      const { stripeAccount } = await readPayout(api.db, payoutId);
      const destination = stripeAccount ?? '';
      const asked = { amount: 100_00, currency: 'usd', destination };
      const { id } = await side.stripe.transfers.create(asked);
      await api.db
        .updateTable('payouts')
        .set({ transfer_id: id as `tr_${string}` })
        .where('id', '=', payoutId)
        .execute();
      await side.ask('POST', `accounts/${destination}/deauthorize`);
      return { path: to(payoutId, 'leave-with-seller'), body: reason };
    },
  };
}

function ofOthers(api: TestApi) {
  const seller = (): Promise<SellerId> => api.makeSeller({ status: 'active' });
  const find = async () => {
    const stripeId = `tr_${newId('made').slice(5)}`;
    const made = { stripeId, step: 'transfer', amount: 100, currency: 'eur' } as const;
    const stripeAccount = `acct_${(await seller()).slice(4)}` as const;
    const createdAt = '2026-11-01T00:00:00.000Z';
    const payoutId = newId('payout');
    await recordUnknownMade(api.db, [{ ...made, payoutId, stripeAccount, createdAt }]);
    return stripeId;
  };
  const apiKey = { name: 'billing', role: 'read' };
  return {
    'close-discrepancy': async () => {
      const sellerId = await seller();
      const object = `txn_${sellerId.slice(4)}`;
      const atStripe = { movementId: object, object, net: 40_00, currency: 'eur' };
      const found = { cause: 'transfer-not-ordered', object, sellerId, atStripe } as const;
      await api.db.transaction().execute((tx) => openDiscrepancies(tx, [found]));
      const { body } = await api.get(`/v1/discrepancies?sellerId=${sellerId}`);
      const [row] = body['data'] as { id: string }[];
      return {
        path: `/v1/discrepancies/${row?.id}/close`,
        body: { ...reason, outcome: 'not-owed' },
      };
    },
    adopt: async () => {
      await find();
      return { path: '/v1/recovery/adopt', body: reason };
    },
    'dismiss-adoption': async () => {
      return { path: `/v1/recovery/${await find()}/dismiss`, body: reason };
    },
    'acknowledge-loss': async () => {
      const id = newId('start');
      const of = { start: id, data_id: null, timeline: null, is_durable: false };
      const span = { lost_from: '2026-11-01', lost_until: '2026-11-02' };
      await api.db
        .insertInto('postgres_starts')
        .values({ id, ...of, cause: 'new-timeline', ...span })
        .execute();
      return { path: `/v1/recovery/starts/${id}/acknowledge`, body: reason };
    },
    'run-attention': async () => {
      const stage = attentionStage(api);
      const { sellerId } = await stage.stopped();
      const { token } = await stage.preview('pause-seller', { sellerId }, 'a fraud wave');
      const undo = () => api.post(`/v1/sellers/${sellerId}/resume`, reason);
      const applies = async () =>
        Object.keys((await api.get(`/v1/sellers/${sellerId}`)).body['pauses'] ?? {}).length > 0;
      return { path: '/v1/attention/run', body: { token, ...reason }, undo, applies };
    },
    'create-api-key': async () => ({ path: '/v1/api-keys', body: apiKey }),
    'revoke-api-key': async () => {
      const { body } = await api.post('/v1/api-keys', apiKey);
      return { path: `/v1/api-keys/${String(body['id'])}/revoke`, body: {} };
    },
  };
}
