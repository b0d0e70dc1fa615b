import { beforeAll, describe, expect, test } from 'vitest';
import {
  type BankAccountFacts,
  listBankAccounts,
  recordBankAccounts,
} from '../../../db/accounts/bank-accounts.ts';
import { resumeBankAccount, waiveCooling } from '../../../db/accounts/bank-pauses.ts';
import type { Tx } from '../../../db/connect.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordPaid } from '../../../db/payouts/steps.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { failuresBeforePause, longestCoolingHours } from '../../../domain/accounts/bank.ts';
import { numberCodes, scopeOf } from '../../../domain/accounts/failure-scopes.ts';
import { failureCodes, needsNewDetails } from '../../../domain/accounts/failures.ts';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
} from '../../../domain/ids.ts';
import { stopBeforeSending } from '../../../domain/payouts/sending.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { bank } from './bank-facts.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
const inTx = <T>(run: (tx: Tx) => Promise<T>) => money.db.transaction().execute(run);
const tell = (sellerId: SellerId, banks: BankAccountFacts[], hours = 48) =>
  inTx((tx) => recordBankAccounts(tx, sellerId, banks, hours));
const bankOf = (sellerId: SellerId) => `ba_${sellerId.slice(4)}`;

/** Sellers with one account number, each under an id of its own. */
async function sharing(count: number, number = { fingerprint: `a number ${Math.random()}` }) {
  const sellers: SellerId[] = [];
  for (let index = 0; index < count; index += 1) {
    const sellerId = await money.seller();
    await tell(sellerId, [bank(bankOf(sellerId), number)]);
    sellers.push(sellerId);
  }
  return sellers as [SellerId, SellerId, ...SellerId[]];
}

/** A payout of the seller that its bank refuses. */
async function fail(sellerId: SellerId, failureCode: string): Promise<PayoutId> {
  await money.earn(sellerId, 10_00);
  const payoutId = await money.sent(sellerId);
  await comeBack(payoutId, failureCode);
  return payoutId;
}

async function comeBack(payoutId: PayoutId, failureCode: string): Promise<void> {
  const row = await readPayout(money.db, payoutId);
  const stripePayoutId = row.stripePayoutId ?? 'po_none';
  const why = { status: 'failed', failureCode, bankAccount: bankOf(row.sellerId) } as const;
  await recordReturn(money.db, { ...row, stripePayoutId }, why);
}

async function order(sellerId: SellerId): Promise<PayoutId> {
  await money.earn(sellerId, 10_00);
  return money.order(sellerId);
}

/** What an ordered payout does now. */
async function next(payoutId: PayoutId): Promise<string | null> {
  const row = await reservePayout(money.db, payoutId);
  return row.waitingFor ?? row.status;
}

const paused = async (sellerId: SellerId) =>
  (await listBankAccounts(money.db, sellerId)).map(({ pausedAt }) => pausedAt !== null);

describe('an account number that several sellers use', () => {
  test('takes no payout of anybody once the bank says that it is wrong', async () => {
    const [one, two, three] = await sharing(3);
    const waiting = await order(two);
    await fail(one, 'account_closed');
    expect(await next(waiting)).toBe('bank-details');
    expect(await next(await order(three as SellerId))).toBe('bank-details');
    const [record] = await listBankAccounts(money.db, two);
    expect(record).toMatchObject({ failureCode: 'account_closed', failures: 0 });
  });

  test('takes no transfer either whose payout could not follow', async () => {
    const [one, two] = await sharing(2);
    const reserved = await order(two);
    expect(await next(reserved)).toBe('reserved');
    await fail(one, 'account_closed');
    const stop = stopBeforeSending(await readPayout(money.db, reserved), 'transfer');
    expect(stop).toMatchObject({ reason: 'bank-details' });
  });

  test('wakes all of its sellers and their payouts that Stripe does not have', async () => {
    const [one, two] = await sharing(2);
    const waiting = await order(two);
    await money.earn(one, 10_00);
    const sent = await money.sent(one);
    await money.forgetWakeUps();
    await comeBack(sent, 'account_closed');
    expect(await money.wakeUps()).toEqual({
      [sellerWorkflowId(one)]: ['account', 'payouts'],
      [sellerWorkflowId(two)]: ['payouts'],
      [payoutWorkflowId(waiting)]: ['payouts'],
    });
  });

  test('is paused for a seller who enters it later', async () => {
    const fingerprint = `a number ${Math.random()}`;
    const [one] = await sharing(1, { fingerprint });
    await fail(one, 'account_closed');
    const late = await money.seller();
    await tell(late, [bank(bankOf(late), { fingerprint })]);
    expect(await next(await order(late))).toBe('bank-details');
    const payoutId = await order(late);
    expect(await readPayout(money.db, payoutId)).toMatchObject({ bankPaused: true });
  });

  test.each(numberCodes)('is wrong for all after %s', async (code) => {
    const [one, two] = await sharing(2);
    await fail(one, code);
    expect([await paused(one), await paused(two)]).toEqual([[true], [true]]);
    const [record] = await listBankAccounts(money.db, two);
    expect(record).toMatchObject({ failures: 0, failureCode: code });
  });

  test(`is paused after ${failuresBeforePause} failures of one seller, for this seller alone`, async () => {
    const [one, two] = await sharing(2);
    const seen: boolean[] = [];
    for (let time = 1; time <= failuresBeforePause; time += 1) {
      await fail(one, 'declined');
      seen.push((await paused(one)).includes(true));
    }
    expect(seen).toEqual([false, false, true]);
    const [record] = await listBankAccounts(money.db, two);
    expect(record).toMatchObject({ pausedAt: null, failureCode: null });
    await fail(two, 'declined');
    expect(await paused(two)).toEqual([false]);
    expect(await next(await order(two))).toBe('reserved');
  });

  const ownCodes = failureCodes.filter(
    (code) => needsNewDetails(code) && scopeOf(code) === 'seller',
  );

  test.each(ownCodes)('is right for others after %s, which one seller entered', async (code) => {
    const [one, two] = await sharing(2);
    await fail(one, code);
    expect([await paused(one), await paused(two)]).toEqual([[true], [false]]);
    expect(await next(await order(two))).toBe('reserved');
    // Its own pause remains if the other seller resumes the number.
    await inTx((tx) => resumeBankAccount(tx, two, bankOf(two)));
    expect(await paused(one)).toEqual([true]);
    expect(await inTx((tx) => resumeBankAccount(tx, one, bankOf(one)))).toBe(true);
    expect(await paused(one)).toEqual([false]);
  });

  test('stays paused for a seller alone who adds it again', async () => {
    const [one] = await sharing(1);
    await fail(one, 'invalid_currency');
    const [failed] = await listBankAccounts(money.db, one);
    await tell(one, [bank('ba_again', { fingerprint: failed?.fingerprint ?? null })]);
    expect(await next(await order(one))).toBe('bank-details');
  });

  test('is resumed for all, and what came back from it is ordered for all', async () => {
    const [one, two] = await sharing(2);
    await money.earn(two, 10_00);
    const sent = await money.sent(two);
    const first = await fail(one, 'account_closed');
    await comeBack(sent, 'account_closed');
    const waiting = await money.order(two, 1_00);
    expect(await next(waiting)).toBe('bank-details');
    await money.forgetWakeUps();
    expect(await inTx((tx) => resumeBankAccount(tx, one, bankOf(one)))).toBe(true);
    expect([await paused(one), await paused(two)]).toEqual([[false], [false]]);
    const replaced = await money.db
      .selectFrom('payouts')
      .select('replaces')
      .where('replaces', 'in', [first, sent])
      .execute();
    expect(replaced.length).toBe(2);
    expect(Object.keys(await money.wakeUps()).toSorted()).toEqual(
      [sellerWorkflowId(one), sellerWorkflowId(two), payoutWorkflowId(waiting)].toSorted(),
    );
  });

  test('is shown with the other sellers who have it now', async () => {
    const [one, two, three] = await sharing(3);
    await tell(three as SellerId, []);
    const [record] = await listBankAccounts(money.db, one);
    expect(record?.sharedWith).toEqual({ count: 1, first: [two] });
    const alone = await money.seller();
    await tell(alone, [bank('ba_alone', { fingerprint: null })]);
    const [own] = await listBankAccounts(money.db, alone);
    expect(own?.sharedWith).toEqual({ count: 0, first: [] });
  });

  test('fails for many sellers at the same time without a deadlock', async () => {
    const sellers = await sharing(4);
    const sent: PayoutId[] = [];
    for (const sellerId of sellers) {
      await money.earn(sellerId, 10_00);
      sent.push(await money.sent(sellerId));
    }
    await Promise.all([
      ...sent.map((payoutId) => comeBack(payoutId, 'account_closed')),
      ...sellers.map((id) => inTx((tx) => resumeBankAccount(tx, id, bankOf(id)))),
    ]);
    const rows = await money.db
      .selectFrom('payouts')
      .select('status')
      .where('id', 'in', sent)
      .execute();
    expect(rows.map(({ status }) => status)).toEqual(sent.map(() => 'failed'));
  });
});

describe('a change to the account number of another seller', () => {
  async function changed() {
    const fingerprint = `a number ${Math.random()}`;
    const [other] = await sharing(1, { fingerprint });
    const [sellerId] = await sharing(1);
    await money.earn(sellerId, 10_00);
    const sent = await readPayout(money.db, await money.sent(sellerId));
    await recordPaid(money.db, { ...sent, stripePayoutId: sent.stripePayoutId ?? 'po_1' }, 10);
    await tell(sellerId, [bank('ba_theirs', { fingerprint })]);
    return { sellerId, other };
  }

  test('cools for long, so that a person can look', async () => {
    const { sellerId, other } = await changed();
    const payoutId = await order(sellerId);
    const { waitingFor, lookAgainAt, now } = await reservePayout(money.db, payoutId);
    expect(waitingFor).toBe('cooling-period');
    const hours = (Date.parse(lookAgainAt ?? '') - Date.parse(now)) / hourMs;
    expect(hours).toBeCloseTo(longestCoolingHours, 1);
    const [record] = await listBankAccounts(money.db, sellerId);
    expect(record).toMatchObject({ asksPerson: true, sharedWith: { first: [other] } });
    expect(await next(await order(other))).toBe('reserved');
  });

  test('is paid at once after a waiver', async () => {
    const { sellerId } = await changed();
    const payoutId = await order(sellerId);
    expect(await next(payoutId)).toBe('cooling-period');
    expect(await inTx((tx) => waiveCooling(tx, sellerId, 'ba_theirs'))).toBe(true);
    const [record] = await listBankAccounts(money.db, sellerId);
    expect(record).toMatchObject({ asksPerson: false, coolsUntil: null });
    expect(await next(payoutId)).toBe('reserved');
  });
});
