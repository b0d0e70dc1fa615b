import { sql } from 'kysely';
import { recordBankAccounts } from '../../db/accounts/bank-accounts.ts';
import { parkSeller } from '../../db/accounts/parked.ts';
import { replaceRequirements } from '../../db/accounts/requirements.ts';
import { recordEntries } from '../../db/ledger.ts';
import { recordReturn } from '../../db/reconciliation/stopped-payouts.ts';
import type { SellerId } from '../../domain/ids.ts';
import { minor } from '../../domain/money.ts';
import type { TestApi } from '../api/harness.ts';
import { payoutStages } from './payout-stages.ts';

/** Every situation of a seller, with the steps that cause it. */
export type Situations = ReturnType<typeof sellerSituations>['situations'];

/** A time that no test reaches. */
export const later = '2199-01-01T00:00:00.000Z';
const readAt = '2026-11-23T09:00:00.000Z';
/** Stripe's details of the capabilities of an account that was not filled in yet. */
export const lacksDetails = JSON.stringify([
  { capability: 'payouts', code: 'requirements_past_due', resolution: 'provide_info' },
]);
const able = { transfers_capability: 'active', payouts_capability: 'active' };
/** A schedule that pays every day at nine. */
export const daily = { interval: 'daily', timeZone: 'Europe/Berlin' };

/** The situations of sellers of this API, and the steps that lead to them. */
export function sellerSituations(api: TestApi) {
  const steps = stepsOf(api);
  const { set, beActive, earn, hold, pause } = steps;
  const situations = {
    'was just made': async () => undefined,
    'has an account that was not read': (id: SellerId) => set(id, account(id)),
    'has entered nothing': (id: SellerId) =>
      set(id, {
        ...known(id),
        transfers_capability: 'restricted',
        payouts_capability: 'restricted',
        capability_details: lacksDetails,
      }),
    'is being reviewed': (id: SellerId) =>
      set(id, { ...known(id), transfers_capability: 'active', payouts_capability: 'pending' }),
    'is not on manual payouts': (id: SellerId) => set(id, { ...known(id), ...able }),
    'is active and earned nothing': beActive,
    'has money and no payout': async (id: SellerId) => {
      await beActive(id);
      await earn(id);
    },
    'has money for later': async (id: SellerId) => {
      await beActive(id);
      await earn(id, { availableOn: later });
    },
    'has money that nobody knows the date of': async (id: SellerId) => {
      await beActive(id);
      await earn(id, { charge: 'ch_1' });
    },
    'has a payout that did not start': async (id: SellerId) => {
      await beActive(id);
      await earn(id);
      await api.post(`/v1/sellers/${id}/payouts`, {});
    },
    'is restricted': (id: SellerId) =>
      set(id, {
        ...known(id),
        ...able,
        payouts_capability: 'restricted',
        capability_details: lacksDetails,
        status: 'restricted',
      }),
    'was refused by Stripe': (id: SellerId) => parkSeller(api.db, id, 'account-refused'),
    'has an account that nobody knows of': (id: SellerId) =>
      parkSeller(api.db, id, 'account-outcome-unknown'),
    'is paused': async (id: SellerId) => {
      await beActive(id);
      await pause(id);
    },
    'has money held': async (id: SellerId) => {
      await beActive(id);
      await earn(id);
      await hold(id, { source: 'risk', amount: 20_00, currency: 'eur' });
    },
  };
  return {
    ...steps,
    situations: { ...situations, ...lastWords(steps), ...situationsOfMoney(api, steps) },
  };
}

/** Situations that no input from the seller can end. */
function lastWords({ set }: Steps) {
  return {
    'is closed': (id: SellerId) => set(id, { ...known(id), ...able, status: 'closed' }),
    'has payouts that Stripe keeps automatic': (id: SellerId) =>
      set(id, { ...known(id), ...able, payouts_manual_at: null, parked: 'manual-payouts-refused' }),
    'is restricted, and nobody says why': (id: SellerId) =>
      set(id, { ...known(id), ...able, payouts_capability: 'restricted', status: 'restricted' }),
    'was rejected by Stripe': (id: SellerId) =>
      set(id, {
        ...known(id),
        transfers_capability: 'rejected',
        payouts_capability: 'rejected',
        capability_details: JSON.stringify([
          { capability: 'payouts', code: 'rejected_fraud', resolution: 'contact_stripe' },
        ]),
        status: 'restricted',
      }),
  };
}

function situationsOfMoney(api: TestApi, { beActive, earn, plan }: Steps) {
  return {
    'has an account below zero': async (id: SellerId) => {
      await beActive(id);
      const amount = minor(5_00);
      const moved = { kind: 'foreign', sellerId: id, currency: 'eur', amount } as const;
      await recordEntries(api.db, [
        { ...moved, eventKey: `foreign/${id}`, from: 'account', to: 'foreign' },
      ]);
    },
    'has a payday to come': async (id: SellerId) => {
      await beActive(id);
      await plan(id, daily);
      await earn(id);
    },
    'has less than its minimum': async (id: SellerId) => {
      await beActive(id);
      await plan(id, { ...daily, minimums: { eur: 100_00 } });
      await earn(id);
    },
    'earned after the cut-off': async (id: SellerId) => {
      await beActive(id);
      await plan(id, { ...daily, cutOffHours: 31 * 24 });
      await earn(id);
    },
    'has less than its threshold': async (id: SellerId) => {
      await beActive(id);
      await plan(id, { interval: 'manual', thresholds: { eur: 100_00 } });
      await earn(id);
    },
    'reaches its threshold': async (id: SellerId) => {
      await beActive(id);
      await plan(id, { interval: 'manual', thresholds: { eur: 50_00 } });
      await earn(id);
    },
    'has a bank account that failed': async (id: SellerId) => {
      await beActive(id);
      await plan(id, daily);
      const bankAccount = `ba_${id.slice(4)}`;
      const bank = { stripeId: bankAccount, currency: 'eur', status: 'new', isDefault: true };
      await api.db
        .transaction()
        .execute((tx) =>
          recordBankAccounts(tx, id, [{ ...bank, fingerprint: `a-fingerprint of ${id}` }], 0),
        );
      const { send, orderFor } = payoutStages(api);
      const payout = await send((await orderFor(id)).payoutId);
      const why = { status: 'failed', failureCode: 'account_closed', bankAccount } as const;
      await recordReturn(api.db, payout, why);
    },
  };
}

type Steps = ReturnType<typeof stepsOf>;

function stepsOf(api: TestApi) {
  const set = (id: SellerId, columns: object) =>
    api.db.updateTable('sellers').set(columns).where('id', '=', id).execute();
  return {
    set,
    /** Makes the seller active, as its workflow does once the account can be paid. */
    beActive: (id: SellerId) => set(id, { ...known(id), ...able, status: 'active' }),
    earn: (id: SellerId, earning: object = {}) =>
      api.post(`/v1/sellers/${id}/earnings`, { amount: 70_00, currency: 'eur', ...earning }),
    plan: (id: SellerId, schedule: object) => api.patch(`/v1/sellers/${id}`, { schedule }),
    /** Holds the seller's money, as another person does. */
    hold: (id: SellerId, hold: object = {}) =>
      api.post(`/v1/sellers/${id}/holds`, { reason: 'odd orders', ...hold }, { as: 'other' }),
    pause: (id: SellerId) =>
      api.post(`/v1/sellers/${id}/pause`, { reason: 'odd logins' }, { as: 'other' }),
    /** Makes Stripe require something from the seller. */
    ask: (id: SellerId, change: object = {}) =>
      api.db.transaction().execute((tx) => replaceRequirements(tx, id, [{ ...asked, ...change }])),
  };
}

const asked = {
  description: 'identity.individual.date_of_birth',
  mustAct: 'seller' as const,
  deadline: 'currently_due' as const,
  deadlineAt: later,
  blocks: ['stripe_balance.payouts'],
  errors: [],
};

/** The id of the account that a test gave to the seller. */
const account = (id: SellerId) => ({
  stripe_account: sql`coalesce(stripe_account, ${`acct_${id.slice(4)}`})`,
});
const known = (id: SellerId) => ({ ...account(id), account_read_at: readAt });
