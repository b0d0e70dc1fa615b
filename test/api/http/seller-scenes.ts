import { isDeepStrictEqual } from 'node:util';
import { parkSeller } from '../../../db/accounts/parked.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { parkedSeller } from '../../build/attention-stage.ts';
import { daily } from '../../build/seller-situations.ts';
import type { TestApi } from '../harness.ts';

const reason = { reason: 'a reason' };

/** The scenes of the commands about sellers and their bank accounts, for scenes.ts. */
export function sellerScenes(api: TestApi) {
  return { ...ofSellers(api), ...ofParkedSellers(api), ...ofBanks(api) };
}

function ofSellers(api: TestApi) {
  const seller = (): Promise<SellerId> => api.makeSeller({ status: 'active' });
  const read = async (id: string) => (await api.get(`/v1/sellers/${id}`)).body;
  const isPaused = async (id: string) => !isDeepStrictEqual((await read(id))['pauses'], []);
  const isClosed = async (id: string) => (await read(id))['status'] === 'closed';
  const to = (id: string, name: string) => `/v1/sellers/${id}/${name}`;
  const send = (id: string, name: string) => api.post(to(id, name), reason);
  return {
    'pause-seller': async () => {
      const id = await seller();
      const undo = () => send(id, 'resume');
      return { path: to(id, 'pause'), body: reason, undo, applies: () => isPaused(id) };
    },
    'resume-seller': async () => {
      const id = await seller();
      const undo = () => send(id, 'pause');
      await undo();
      const applies = async () => !(await isPaused(id));
      return { path: to(id, 'resume'), body: reason, undo, applies };
    },
    'close-seller': async () => {
      const id = await seller();
      const undo = () => send(id, 'reopen');
      return { path: to(id, 'close'), body: reason, undo, applies: () => isClosed(id) };
    },
    'reopen-seller': async () => {
      const id = await seller();
      const undo = () => send(id, 'close');
      await undo();
      const applies = async () => !(await isClosed(id));
      return { path: to(id, 'reopen'), body: reason, undo, applies };
    },
    'create-seller': async () => {
      return { path: '/v1/sellers', body: { email: 'ada@shop.example', country: 'DE' } };
    },
    'update-seller': async () => {
      const id = await seller();
      const path = `/v1/sellers/${id}`;
      await api.patch(path, { schedule: daily });
      const undo = () => api.patch(path, { schedule: daily, displayName: 'Renamed since' });
      const applies = async () => {
        const { schedule } = (await read(id)) as { schedule: { interval: string } };
        return schedule.interval === 'manual';
      };
      const body = { schedule: { interval: 'manual' }, displayName: 'Renamed first' };
      return { path, method: 'PATCH' as const, body, undo, applies };
    },
  };
}

function ofParkedSellers(api: TestApi) {
  const to = (id: string, name: string) => `/v1/sellers/${id}/${name}`;
  const read = async (id: string) => (await api.get(`/v1/sellers/${id}`)).body;
  return {
    'retry-seller': async () => {
      const id = await parkedSeller(api, 'account-refused');
      const undo = () => parkSeller(api.db, id, 'account-refused');
      const applies = async () => (await read(id))['parked'] === null;
      return { path: to(id, 'retry'), body: {}, undo, applies };
    },
    'confirm-account-created': async () => {
      const id = await parkedSeller(api, 'account-outcome-unknown');
      const body = { stripeAccount: `acct_${id.slice(4)}` };
      return { path: to(id, 'confirm-account-created'), body };
    },
    'confirm-account-not-created': async () => {
      const id = await parkedSeller(api, 'account-outcome-unknown');
      return { path: to(id, 'confirm-account-not-created'), body: {} };
    },
  };
}

function ofBanks(api: TestApi) {
  const bank = async (row: object) => {
    const id: SellerId = await api.makeSeller({ status: 'active' });
    const all = { stripe_id: 'ba_1', currency: 'eur', status: 'new', is_default: true, ...row };
    await api.db
      .insertInto('bank_accounts')
      .values({ seller_id: id, ...all })
      .execute();
    return `/v1/sellers/${id}/bank-accounts/ba_1`;
  };
  return {
    'resume-bank-account': async () => {
      const path = await bank({ paused_at: '2026-11-01' });
      return { path: `${path}/resume` };
    },
    'waive-cooling': async () => {
      const path = await bank({ cools_until: '2199-01-01' });
      return { path: `${path}/waive-cooling`, body: reason };
    },
  };
}
