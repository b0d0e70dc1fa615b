import { beforeAll, describe, expect, test } from 'vitest';
import {
  type BankAccountFacts,
  listBankAccounts,
  payAnew,
  recordBankAccounts,
} from '../../../db/accounts/bank-accounts.ts';
import { recordBankFailure, resumeBankAccount } from '../../../db/accounts/bank-pauses.ts';
import { recordAccountRead } from '../../../db/accounts/reads.ts';
import type { Tx } from '../../../db/connect.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { failuresBeforePause } from '../../../domain/accounts/bank.ts';
import { failureCodes, failureOf, notTheBank } from '../../../domain/accounts/failures.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { bank, ofNobodyElse } from './bank-facts.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
const inTx = <T>(run: (tx: Tx) => Promise<T>) => money.db.transaction().execute(run);

const tell = (sellerId: SellerId, banks: BankAccountFacts[]) =>
  inTx((tx) => recordBankAccounts(tx, sellerId, ofNobodyElse(sellerId, banks), 0));
const fail = (sellerId: SellerId, bankAccount: string, failureCode: string | null) =>
  inTx((tx) => recordBankFailure(tx, { sellerId, currency: 'eur', bankAccount, failureCode }));

/** A read of the account. `null` means that Stripe does not list its bank accounts. */
async function read(sellerId: SellerId, listed: BankAccountFacts[] | null): Promise<void> {
  await recordAccountRead(money.db, sellerId, {
    askedAt: new Date().toISOString(),
    transfers: 'active',
    payouts: 'active',
    banks: listed === null ? undefined : ofNobodyElse(sellerId, listed),
    bankCoolingHours: 0,
  });
}

/** Each as a person reads it: its name, and what is special about it. */
async function shown(sellerId: SellerId): Promise<string[]> {
  const banks = await listBankAccounts(money.db, sellerId);
  return banks
    .map(({ id, isDefault, goneAt, failures, pausedAt }) =>
      [
        id,
        isDefault && 'default',
        goneAt && 'gone',
        failures > 0 && `failed ${failures}`,
        pausedAt && 'paused',
      ]
        .filter(Boolean)
        .join(' '),
    )
    .sort();
}

describe('the bank accounts of a seller', () => {
  const [first, second] = [bank('ba_1'), bank('ba_2')];
  const aside = (one: BankAccountFacts) => ({ ...one, isDefault: false });

  test.each<[why: string, told: BankAccountFacts[][], expected: string[]]>([
    ['there is none yet', [[]], []],
    ['the first is the default', [[first]], ['ba_1 default']],
    ['the same told twice is one', [[first], [first]], ['ba_1 default']],
    ['another beside it', [[first, aside(second)]], ['ba_1 default', 'ba_2']],
    [
      'another takes its place as default',
      [[first], [aside(first), second]],
      ['ba_1', 'ba_2 default'],
    ],
    ['one that is gone stays, marked', [[first], [second]], ['ba_1 gone', 'ba_2 default']],
    ['all are gone', [[first], []], ['ba_1 gone']],
    ['one comes back', [[first], [], [first]], ['ba_1 default']],
  ])('are as Stripe told them last: %s', async (_why, told, expected) => {
    const sellerId = await money.seller();
    for (const banks of told) await tell(sellerId, banks);
    expect(await shown(sellerId)).toEqual(expected);
  });

  test.each([
    ['the only one was removed', [[first], []]],
    ['Stripe lists none', [[]]],
  ])('reserves nothing while none takes the currency: %s', async (_why, told) => {
    const sellerId = await money.seller();
    for (const listed of told) await read(sellerId, listed);
    await money.earn(sellerId, 10_00);
    const row = await reservePayout(money.db, await money.order(sellerId));
    expect(row).toMatchObject({ status: 'requested', waitingFor: 'bank-details', lacksBank: true });
  });

  test.each<[why: string, told: (BankAccountFacts[] | null)[], paysTo: string | null]>([
    // Null: the account is read, and Stripe does not list its bank accounts.
    ['the default has no fingerprint', [[{ ...first, fingerprint: null }]], 'ba_1'],
    ['another without one replaced it', [[first], [{ ...second, fingerprint: null }]], 'ba_2'],
    ['Stripe does not list them any more', [[first], null], 'ba_1'],
    ['nor did it list any when it last did', [[first], [], null], null],
  ])('reserves what Stripe can pay out: %s', async (_why, told, paysTo) => {
    const sellerId = await money.seller();
    for (const listed of told) await read(sellerId, listed);
    await money.earn(sellerId, 10_00);
    const row = await reservePayout(money.db, await money.order(sellerId));
    expect(row).toMatchObject({ status: 'reserved', lacksBank: false, paysTo });
  });

  test('that only a failed payout named take no other payout once Stripe lists them', async () => {
    const sellerId = await money.seller();
    await read(sellerId, []);
    await fail(sellerId, 'ba_unknown', 'declined');
    await money.earn(sellerId, 10_00);
    const row = await reservePayout(money.db, await money.order(sellerId));
    expect(row).toMatchObject({ waitingFor: 'bank-details', lacksBank: true, paysTo: null });
  });

  test('of one seller are not those of another', async () => {
    const [one, other] = [await money.seller(), await money.seller()];
    await tell(one, [first]);
    await tell(other, [first]);
    await tell(one, []);
    await fail(one, 'ba_1', 'account_closed');
    expect(await shown(one)).toEqual(['ba_1 gone failed 1 paused']);
    expect(await shown(other)).toEqual(['ba_1 default']);
  });
});

describe('a bank account that failed', () => {
  test.each(failureCodes.map((code) => [code, failureOf(code).next] as const))(
    'by %s, after which comes %s, is paused at once only where its details are wrong',
    async (code, next) => {
      const sellerId = await money.seller();
      await tell(sellerId, [bank('ba_1')]);
      expect(await fail(sellerId, 'ba_1', code)).toMatchObject({
        isPaused: next === 'new-details',
      });
    },
  );

  test(`${failuresBeforePause} times in a month is paused, whatever the bank’s reason`, async () => {
    const sellerId = await money.seller();
    await tell(sellerId, [bank('ba_1')]);
    const seen: boolean[] = [];
    for (let time = 0; time < failuresBeforePause; time += 1) {
      await money.earn(sellerId, 10_00);
      await comeBack(await money.sent(sellerId), 'declined');
      seen.push((await shown(sellerId)).some((one) => one.includes('paused')));
    }
    expect(seen).toEqual([false, false, true]);
  });

  test('is not blamed for payouts that were canceled', async () => {
    const sellerId = await money.seller();
    await tell(sellerId, [bank('ba_1')]);
    for (let time = 0; time < failuresBeforePause; time += 1) {
      await money.earn(sellerId, 10_00);
      const { stripePayoutId, ...sent } = await readPayout(money.db, await money.sent(sellerId));
      if (stripePayoutId === null) throw new Error('it was not sent');
      const why = { status: 'canceled', failureCode: null, bankAccount: 'ba_1' } as const;
      await recordReturn(money.db, { ...sent, stripePayoutId }, why);
    }
    await money.earn(sellerId, 10_00);
    await comeBack(await money.sent(sellerId), 'declined');
    expect(await shown(sellerId)).toEqual(['ba_1 default failed 1']);
  });

  test('is not blamed for money that never left for it', async () => {
    const sellerId = await money.seller();
    await tell(sellerId, [bank('ba_1')]);
    for (const code of [notTheBank, notTheBank, notTheBank, 'declined']) {
      await money.earn(sellerId, 10_00);
      await comeBack(await money.sent(sellerId), code);
    }
    expect(await shown(sellerId)).toEqual(['ba_1 default failed 1']);
  });

  test('is paused by its fingerprint: adding the same again is no way round', async () => {
    const sellerId = await money.seller();
    const fingerprint = 'the same number';
    await tell(sellerId, [bank('ba_1', { fingerprint })]);
    await fail(sellerId, 'ba_1', 'account_closed');
    await tell(sellerId, [bank('ba_2', { fingerprint })]);
    await money.earn(sellerId, 10_00);
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ waitingFor: 'bank-details' });
    expect(await shown(sellerId)).toEqual(['ba_1 gone failed 1 paused', 'ba_2 default paused']);
    expect(await inTx((tx) => resumeBankAccount(tx, sellerId, 'ba_2'))).toBe(true);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'reserved' });
  });

  test('without a fingerprint is paused by its id alone', async () => {
    const sellerId = await money.seller();
    await tell(sellerId, [bank('ba_1', { fingerprint: null })]);
    await fail(sellerId, 'ba_1', 'account_closed');
    await tell(sellerId, [bank('ba_2', { fingerprint: null })]);
    expect(await shown(sellerId)).toEqual(['ba_1 gone failed 1 paused', 'ba_2 default']);
  });

  test('that the seller never had cannot be resumed', async () => {
    const [one, other] = [await money.seller(), await money.seller()];
    await tell(other, [bank('ba_1')]);
    expect(await inTx((tx) => resumeBankAccount(tx, one, 'ba_1'))).toBe(false);
  });
});

describe('what came back because of wrong details', () => {
  test.each<[why: string, banks: BankAccountFacts[], isPaid: boolean]>([
    ['the details are others', [bank('ba_2')], true],
    ['the same number was entered again', [bank('ba_2', { fingerprint: 'print of ba_1' })], false],
    ['there is no bank account any more', [], false],
    ['the new one is not the default', [bank('ba_2', { isDefault: false })], false],
    ['the new one is for another currency', [bank('ba_2', { currency: 'usd' })], false],
  ])('is ordered anew, once, only where the money can go: %s', async (_why, banks, isPaid) => {
    const sellerId = await money.seller();
    await tell(sellerId, [bank('ba_1')]);
    await money.earn(sellerId, 40_00);
    const failed = await money.sent(sellerId);
    await comeBack(failed, 'account_closed');
    await tell(sellerId, banks);
    const ordered = await Promise.all([
      inTx((tx) => payAnew(tx, [sellerId])),
      inTx((tx) => payAnew(tx, [sellerId])),
    ]);
    const rows = await money.db
      .selectFrom('payouts')
      .select(['id', 'requested_amount'])
      .where('replaces', '=', failed)
      .execute();
    expect(rows.map((row) => row.requested_amount)).toEqual(isPaid ? [40_00] : []);
    expect(ordered.flat()).toEqual(rows.map(({ id }) => id));
  });
});

/** The bank sends a payout back. */
async function comeBack(payoutId: PayoutId, failureCode: string): Promise<void> {
  const row = await readPayout(money.db, payoutId);
  const stripePayoutId = row.stripePayoutId ?? 'po_none';
  const why = { status: 'failed', failureCode, bankAccount: 'ba_1' } as const;
  await recordReturn(money.db, { ...row, stripePayoutId }, why);
}
