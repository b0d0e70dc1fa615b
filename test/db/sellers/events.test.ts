import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordBankAccounts } from '../../../db/accounts/bank-accounts.ts';
import { recordBankFailure, resumeBankAccount } from '../../../db/accounts/bank-pauses.ts';
import { parkSeller, unparkSeller } from '../../../db/accounts/parked.ts';
import {
  type AccountFacts,
  recordAccountCreated,
  recordAccountRead,
  recordPayoutsManual,
} from '../../../db/accounts/reads.ts';
import type { Tx } from '../../../db/connect.ts';
import { placeHold, releaseHold } from '../../../db/holds.ts';
import { liftStop } from '../../../db/money-stops/orders.ts';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { recordSchedule } from '../../../db/paydays/rows.ts';
import { closeDiscrepancy, openDiscrepancies } from '../../../db/reconciliation/discrepancies.ts';
import * as orders from '../../../db/sellers/commands.ts';
import { pauseCases } from './pause-cases.ts';
import { recordSeller, updateSeller } from '../../../db/sellers/rows.ts';
import { eventTypes } from '../../../domain/events.ts';
import type { SellerId } from '../../../domain/ids.ts';
import type { StopCause } from '../../../domain/money-stops.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { act, type Case, earningCases, expectTold } from '../../build/event-cases.ts';
import {
  liftEveryStop,
  type MoneyDatabase,
  startMoneyDatabase,
  stopAllMoney,
} from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

const by = 'key_of_the_tests';
const inTx = <T>(run: (tx: Tx) => Promise<T>) => money.db.transaction().execute(run);
const amount = 100_00;
const eur = { amount, currency: 'eur' };

async function newSeller(): Promise<SellerId> {
  const person = { email: 'ada@example.com', displayName: 'Ada', externalId: null };
  const place = {
    country: 'DE',
    currency: 'eur',
    flow: 'transfer' as const,
    entityType: 'individual' as const,
  };
  return (await inTx((tx) => recordSeller(tx, { ...person, ...place, metadata: {} }))).seller.id;
}

const reads = (sellerId: SellerId, facts: Partial<AccountFacts> = {}) =>
  recordAccountRead(money.db, sellerId, {
    transfers: 'active',
    payouts: 'active',
    askedAt: '2099-01-01T00:00:00.000Z',
    bankCoolingHours: 0,
    ...facts,
  });
const order = (sellerId: SellerId) => ({ sellerId, reason: 'free text', by });

const bank = { currency: 'eur', status: 'new', isDefault: true };
/** A seller with a bank account, named after the seller; answers with that name too. */
async function withBank() {
  const sellerId = await money.seller();
  const stripeId = `ba_${sellerId.slice(4)}`;
  await inTx((tx) =>
    recordBankAccounts(tx, sellerId, [{ ...bank, stripeId, fingerprint: stripeId }], 0),
  );
  const failed = { sellerId, currency: 'eur', bankAccount: stripeId, failureCode: 'no_account' };
  return { sellerId, stripeId, fail: () => inTx((tx) => recordBankFailure(tx, failed)) };
}

async function hold() {
  const sellerId = await money.seller();
  const asked = { sellerId, source: 'risk', reason: 'free text', expiresAt: null } as const;
  return (await inTx((tx) => placeHold(tx, { ...asked, ...eur }, by))).id;
}

async function difference() {
  const sellerId = await money.seller();
  const object = `tr_${sellerId.slice(4)}`;
  const atStripe = { movementId: 'txn_1', object, net: -amount, currency: 'eur' };
  const found = { cause: 'payout-not-ordered', object, sellerId, atStripe } as const;
  // Found again, it is open already.
  for (const _time of [1, 2]) await inTx((tx) => openDiscrepancies(tx, [found]));
  const rows = await money.db.selectFrom('discrepancies').select(['id', 'object']).execute();
  const row = rows.find((one) => one.object === object);
  if (!row) throw new Error('nothing was opened');
  return row.id;
}

/** Money with these stops, of which the operator's is lifted if `isLifted`. */
async function withStops(causes: readonly StopCause[], { isLifted = false } = {}) {
  await liftEveryStop(money.db);
  for (const cause of causes) await stopAllMoney(money.db, { cause });
  const { stops } = await readOperations(money.db);
  const own = stops.find(({ cause }) => cause === 'operator');
  const lift = { by, reason: 'free text' } as const;
  if (isLifted && own) await inTx((tx) => liftStop(tx, { id: own.id, ...lift }));
  return 'operations';
}

async function loss() {
  await sql`insert into postgres_starts (id, start, is_durable, cause, lost_from, lost_until)
    values ('start_1', '1', true, 'new-timeline', now(), now())`.execute(money.db);
  return 'operations';
}

const ofSellers: Case[] = [
  [
    'seller.created',
    { previousStatus: null, status: 'onboarding', actor: 'engine' },
    async () => newSeller(),
  ],
  [
    'seller.account_created',
    { status: 'onboarding' },
    async () =>
      act(await newSeller(), (sellerId) =>
        recordAccountCreated(money.db, { sellerId, account: 'acct_new', key: 'none' }),
      ),
  ],
  [
    'seller.activated',
    { previousStatus: 'onboarding', status: 'active', actor: 'stripe' },
    async () => act(await newSeller(), reads, (id) => recordPayoutsManual(money.db, id)),
  ],
  [
    'seller.restricted',
    { status: 'restricted', reason: 'transfers-not-active', actor: 'stripe' },
    async () => act(await money.seller(), (id) => reads(id, { transfers: 'restricted' })),
  ],
  [
    'seller.requirements_changed',
    { requirements: { due: 1, dueBy: '2030-01-01T00:00:00.000Z' }, actor: 'stripe' },
    async () => {
      const asked = { description: 'external_account', mustAct: 'seller', errors: [] } as const;
      const when = { deadline: 'currently_due', deadlineAt: '2030-01-01T00:00:00.000Z' } as const;
      const requirements = [{ ...asked, ...when, errors: [], blocks: [] }];
      const again = (id: SellerId) => reads(id, { requirements });
      return act(await money.seller(), again, again);
    },
  ],
  ...pauseCases(inTx, () => money.seller()),
  [
    'seller.schedule_changed',
    { status: 'active' },
    async () => {
      const set = { schedule: { ...manualSchedule, at: '07:00' }, nextPayoutAt: null };
      return act(await money.seller(), (sellerId) =>
        inTx((tx) => recordSchedule(tx, { sellerId, ...set })),
      );
    },
  ],
  [
    'seller.changed',
    { status: 'active' },
    async () =>
      act(await money.seller(), (id) =>
        inTx((tx) => updateSeller(tx, id, { displayName: 'Ada Secret' })),
      ),
  ],
  [
    'seller.parked',
    { reason: 'account-refused', actor: 'engine' },
    async () => act(await newSeller(), (id) => parkSeller(money.db, id, 'account-refused')),
  ],
  [
    'seller.unparked',
    { reason: 'account-refused' },
    async () =>
      act(
        await newSeller(),
        (id) => parkSeller(money.db, id, 'account-refused'),
        (id) => inTx((tx) => unparkSeller(tx, id)),
      ),
  ],
  [
    'seller.closed',
    { previousStatus: 'active', status: 'closed', actor: by },
    async () => act(await money.seller(), (id) => inTx((tx) => orders.closeSeller(tx, order(id)))),
  ],
  [
    'seller.reopened',
    { previousStatus: 'closed', status: 'onboarding' },
    async () =>
      act(
        await money.seller(),
        (id) => inTx((tx) => orders.closeSeller(tx, order(id))),
        (id) => inTx((tx) => orders.reopenSeller(tx, order(id))),
      ),
  ],
];

const ofOthers: Case[] = [
  [
    'bank_account.added',
    { previousStatus: null, status: 'new', actor: 'stripe' },
    async () => (await withBank()).stripeId,
  ],
  [
    'bank_account.changed',
    { previousStatus: 'new', status: 'errored', actor: 'stripe' },
    async () => {
      const { stripeId, fail } = await withBank();
      return act(stripeId, fail);
    },
  ],
  [
    'bank_account.paused',
    { status: 'errored', actor: 'engine' },
    async () => {
      const { stripeId, fail } = await withBank();
      return act(stripeId, fail);
    },
  ],
  [
    'bank_account.resumed',
    { status: 'errored' },
    async () => {
      const { sellerId, stripeId, fail } = await withBank();
      return act(stripeId, fail, () => inTx((tx) => resumeBankAccount(tx, sellerId, stripeId)));
    },
  ],
  [
    'bank_account.removed',
    { previousStatus: 'new', status: null, actor: 'stripe' },
    async () => {
      const { sellerId, stripeId } = await withBank();
      return act(stripeId, () => inTx((tx) => recordBankAccounts(tx, sellerId, [], 0)));
    },
  ],
  ['hold.placed', { status: 'active', reason: 'other', actor: by, money: eur }, async () => hold()],
  [
    'hold.released',
    { previousStatus: 'active', status: 'released', actor: by, money: eur },
    async () =>
      act(await hold(), (holdId) =>
        inTx((tx) => releaseHold(tx, { holdId, reason: 'free text', by })),
      ),
  ],
  [
    'discrepancy.opened',
    { status: 'open', reason: 'payout-not-ordered', actor: 'engine', money: eur },
    async () => difference(),
  ],
  [
    'discrepancy.closed',
    { previousStatus: 'open', status: 'closed', actor: by, money: eur },
    async () =>
      act(await difference(), (id) =>
        inTx((tx) => closeDiscrepancy(tx, { id, reason: 'free text', by })),
      ),
  ],
  [
    'operations.stopped',
    { previousStatus: 'running', status: 'stopped', reason: 'operator', actor: by },
    async () => withStops(['operator']),
  ],
  [
    'operations.stopped',
    { previousStatus: 'stopped', status: 'stopped', reason: 'unknown-at-stripe', actor: 'engine' },
    async () => withStops(['operator', 'unknown-at-stripe']),
  ],
  [
    'operations.stop_lifted',
    { previousStatus: 'stopped', status: 'stopped', reason: 'operator', actor: by },
    async () => withStops(['operator', 'right-to-send-lost'], { isLifted: true }),
  ],
  [
    'operations.resumed',
    { previousStatus: 'stopped', status: 'running', reason: 'operator', actor: by },
    async () => withStops(['operator'], { isLifted: true }),
  ],
  ['operations.changes_may_be_lost', { reason: 'new-timeline', actor: 'engine' }, loss],
];

const cases = [...ofSellers, ...ofOthers, ...earningCases(() => money)];

test.each(cases)('%s is told when it happens', async (type, told, happens) => {
  await expectTold(money, await happens(), { type, told });
});

test('every type that is not of a payout comes about here', () => {
  const told = new Set(cases.map(([type]) => type));
  expect(told).toEqual(new Set(eventTypes.filter((type) => !type.startsWith('payout.'))));
});
