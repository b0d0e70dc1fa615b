import { beforeAll, describe, expect, test } from 'vitest';
import {
  type BankAccountFacts,
  listBankAccounts,
  payAnew,
  recordBankAccounts,
} from '../../../db/accounts/bank-accounts.ts';
import { waiveCooling, wakeWaitingPayouts } from '../../../db/accounts/bank-pauses.ts';
import { recordAccountRead } from '../../../db/accounts/reads.ts';
import type { Tx } from '../../../db/connect.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordPaid } from '../../../db/payouts/steps.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { type PayoutId, payoutWorkflowId, type SellerId } from '../../../domain/ids.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { bank, ofNobodyElse } from './bank-facts.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
const inTx = <T>(run: (tx: Tx) => Promise<T>) => money.db.transaction().execute(run);

const aside = (one: BankAccountFacts) => ({ ...one, isDefault: false });
const tell = (sellerId: SellerId, banks: BankAccountFacts[], hours = 48) =>
  inTx((tx) => recordBankAccounts(tx, sellerId, ofNobodyElse(sellerId, banks), hours));

type Became = 'sent' | 'paid' | 'failed' | 'returned';

/** One payout, as far as the bank says. */
async function pay(sellerId: SellerId, became: Became): Promise<PayoutId> {
  await money.earn(sellerId, 10_00);
  const payoutId = await money.sent(sellerId);
  if (became === 'sent') return payoutId;
  const sent = await readPayout(money.db, payoutId);
  const { stripePayoutId } = sent;
  if (stripePayoutId === null) throw new Error('it was not sent');
  const at = { ...sent, stripePayoutId };
  if (became !== 'failed') await recordPaid(money.db, at, 10);
  if (became === 'paid') return payoutId;
  const why = { status: 'failed', failureCode: 'account_closed', bankAccount: 'ba_1' } as const;
  await recordReturn(money.db, at, why);
  return payoutId;
}

/** What a payout of everything waits for now, and until when. */
async function next(sellerId: SellerId) {
  await money.earn(sellerId, 10_00);
  const row = await reservePayout(money.db, await money.order(sellerId));
  return row.waitingFor ?? row.status;
}

const [first, second] = [bank('ba_1'), bank('ba_2')];

describe('a bank account that payouts are turned to', () => {
  test.each<[why: string, before: Became[], told: BankAccountFacts[][], waits: string]>([
    ['the first one takes payouts at once', [], [[first]], 'reserved'],
    ['so does another before anything was paid', [], [[second]], 'reserved'],
    ['another waits once one was paid', ['paid'], [[second]], 'cooling-period'],
    ['another waits while the first is still on its way', ['sent'], [[second]], 'cooling-period'],
    ['also beside the one that was there', ['paid'], [[aside(first), second]], 'cooling-period'],
    ['also where all were gone meanwhile', ['paid'], [[], [second]], 'cooling-period'],
    ['one that only stands beside changes nothing', ['paid'], [[first, aside(second)]], 'reserved'],
    [
      'one that stood beside for long waits when it is turned to',
      ['paid'],
      [
        [first, aside(second)],
        [aside(first), second],
      ],
      'cooling-period',
    ],
    [
      'the same number under another id is no other',
      ['paid'],
      [[bank('ba_9', { fingerprint: 'print of ba_1' })]],
      'reserved',
    ],
    [
      'another number under the same id is another',
      ['paid'],
      [[bank('ba_1', { fingerprint: 'print of a stranger' })]],
      'cooling-period',
    ],
    ['turning back waits again', ['paid'], [[second], [first]], 'cooling-period'],
    ['the same number is no change after all were gone', ['paid'], [[], [first]], 'reserved'],
    [
      'unless another took its place meanwhile',
      ['paid'],
      [[second], [], [first]],
      'cooling-period',
    ],
    ['a change that was taken back before it was read is none', ['paid'], [[first]], 'reserved'],
    ['of two changes the last is read', ['paid'], [[bank('ba_3')]], 'cooling-period'],
    [
      'turning back and forth waits each time',
      ['paid'],
      [[second], [first], [second]],
      'cooling-period',
    ],
    ['told twice it is turned to once', ['paid'], [[second], [second]], 'cooling-period'],
    ['one that follows a failure before anything was paid', ['failed'], [[second]], 'reserved'],
    ['one that came back does not count as paid', ['returned'], [[second]], 'reserved'],
    ['one that follows a failure later waits', ['paid', 'failed'], [[second]], 'cooling-period'],
    [
      'one of another currency waits for its own payouts only',
      ['paid'],
      [[first, bank('ba_usd', { currency: 'usd' })]],
      'reserved',
    ],
  ])('%s', async (_why, before, told, waits) => {
    const sellerId = await money.seller();
    await tell(sellerId, [first]);
    for (const became of before) await pay(sellerId, became);
    for (const banks of told) await tell(sellerId, banks);
    expect(await next(sellerId)).toBe(waits);
  });

  test.each<[why: string, ends: 'reserved' | 'unanswered' | 'transferred', isCooling: boolean]>([
    ['nothing was sent yet', 'reserved', false],
    ['the answer about a transfer is lost', 'unanswered', true],
    ['only the transfer was made', 'transferred', true],
  ])('waits once money may have been sent: %s', async (_why, ends, isCooling) => {
    const sellerId = await money.seller();
    await tell(sellerId, [first]);
    await money.earn(sellerId, 10_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    if (ends === 'unanswered') await money.send(payoutId, 'transfer');
    if (ends === 'transferred') await money.transfer(payoutId);
    await tell(sellerId, [second]);
    const banks = await listBankAccounts(money.db, sellerId);
    expect(banks.find(({ id }) => id === 'ba_2')?.coolsUntil !== null).toBe(isCooling);
  });

  test('waits for nothing where no hours are set', async () => {
    const sellerId = await money.seller();
    await tell(sellerId, [first], 0);
    await pay(sellerId, 'paid');
    await tell(sellerId, [second], 0);
    expect(await next(sellerId)).toBe('reserved');
  });

  test('is paid when the time is over, to the minute that the payout names', async () => {
    const own = await startMoneyDatabase();
    const sellerId = await own.seller();
    const recordThere = (banks: BankAccountFacts[]) =>
      own.db.transaction().execute((tx) => recordBankAccounts(tx, sellerId, banks, 48));
    await recordThere([first]);
    await own.earn(sellerId, 10_00);
    const paid = await readPayout(own.db, await own.sent(sellerId));
    await recordPaid(own.db, { ...paid, stripePayoutId: paid.stripePayoutId ?? 'po_1' }, 10);
    await recordThere([second]);
    await own.earn(sellerId, 10_00);
    const payoutId = await own.order(sellerId);
    const { waitingFor, lookAgainAt, now } = await reservePayout(own.db, payoutId);
    expect(waitingFor).toBe('cooling-period');
    expect((Date.parse(lookAgainAt ?? '') - Date.parse(now)) / hourMs).toBeCloseTo(48, 1);
    await own.moveTo(47 * hourMs);
    expect(await reservePayout(own.db, payoutId)).toMatchObject({ waitingFor, lookAgainAt });
    await own.moveTo(48 * hourMs);
    expect(await reservePayout(own.db, payoutId)).toMatchObject({ status: 'reserved' });
    await own.db.destroy();
  });

  test('takes the payout of what came back once it has cooled, and not before', async () => {
    const sellerId = await money.seller();
    await tell(sellerId, [first]);
    await pay(sellerId, 'paid');
    await pay(sellerId, 'failed');
    await tell(sellerId, [second]);
    const [anew] = await inTx((tx) => payAnew(tx, [sellerId]));
    if (!anew) throw new Error('nothing is paid anew');
    expect(await reservePayout(money.db, anew)).toMatchObject({ waitingFor: 'cooling-period' });
  });

  test('is let pay by a waiver, which also wakes the payouts, and does not cool anew', async () => {
    const sellerId = await money.seller();
    await tell(sellerId, [first]);
    await pay(sellerId, 'paid');
    await tell(sellerId, [second]);
    await money.earn(sellerId, 10_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    await money.forgetWakeUps();
    await inTx(async (tx) => {
      expect(await waiveCooling(tx, sellerId, 'ba_2')).toBe(true);
      expect(await waiveCooling(tx, sellerId, 'ba_of_nobody')).toBe(false);
      await wakeWaitingPayouts(tx, [sellerId]);
    });
    expect(await money.wakeUps()).toMatchObject({ [payoutWorkflowId(payoutId)]: ['payouts'] });
    await tell(sellerId, [second]);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'reserved' });
  });

  test('cools from the read that found it on, which tells until when', async () => {
    const sellerId = await money.seller();
    const able = { transfers: 'active', payouts: 'active', bankCoolingHours: 24 };
    const read = (banks: BankAccountFacts[]) =>
      recordAccountRead(money.db, sellerId, {
        ...able,
        askedAt: new Date().toISOString(),
        banks: ofNobodyElse(sellerId, banks),
      });
    await read([first]);
    await pay(sellerId, 'paid');
    await read([second]);
    const banks = await listBankAccounts(money.db, sellerId);
    expect(banks.map(({ id, coolsUntil }) => [id, coolsUntil !== null])).toEqual([
      ['ba_2', true],
      ['ba_1', false],
    ]);
  });
});
