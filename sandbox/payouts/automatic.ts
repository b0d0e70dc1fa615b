import { countryOf, findAccount } from '../accounts/record.ts';
import { allTotals } from '../books/balance.ts';
import { isBusinessDay, isDayOfMonth, nextMidnight, weekdayOf } from '../books/calendar.ts';
import { schedule } from '../core/due.ts';
import type { World } from '../core/world.ts';
import { payoutStep, smallestPayout } from '../money/fields.ts';
import type { AccountRecord, BalanceSettings, Payout } from '../store/records.ts';
import { defaultBank, makePayout } from './create.ts';

const daySeconds = 86_400;

/** Due at midnight: creates the automatic payouts that the account's schedule requires. */
export function payOutByItself(w: World, id: string): void {
  const account = findAccount(w, id);
  if (!account || !paysByItself(account)) return;
  const today = w.clock.seconds();
  const owed = allTotals(w, id).filter((total) => total.available !== 0);
  if (!isPayoutDay(account.internal.settings, today)) {
    if (owed.length > 0) schedule(w, nextMidnight(today + 1) * 1000, 'automatic_payout', id);
    return;
  }
  for (const { currency, available } of owed) payOut(w, account, currency, available);
}

function paysByItself({ closed, internal }: AccountRecord): boolean {
  const able = internal.payouts.status === 'active' && !internal.payoutsPaused && !closed;
  return able && internal.settings.interval !== 'manual';
}

function payOut(w: World, account: AccountRecord, currency: string, available: number): void {
  const { settings } = account.internal;
  const bank = defaultBank(w, account.id, currency);
  if (!bank || bank.status !== 'new') return;
  const amount = amountOf(account, currency, available);
  if (amount === 0) return;
  const statementDescriptor = settings.statement_descriptor;
  const order = { account: account.id, amount, currency, automatic: true, statementDescriptor };
  itemise(w, account.id, makePayout(w, order, bank));
}

/**
 * The amount of an automatic payout: the part above the minimum balance, rounded down to whole
 * steps. If the balance is negative and the schedule allows debits, the amount is negative.
 */
function amountOf(account: AccountRecord, currency: string, available: number): number {
  const { settings } = account.internal;
  if (available < 0) return settings.debit_negative_balances ? available : 0;
  const above = available - (settings.minimum_balance_by_currency?.[currency] ?? 0);
  const amount = above - (above % payoutStep(currency));
  return amount >= smallestPayout(currency, countryOf(account)) ? amount : 0;
}

/** Records which balance transactions an automatic payout pays, so that they can be listed. */
function itemise(w: World, account: string, payout: Payout): void {
  w.db.run(
    `update balance_transactions set payout = ?
     where account = ? and currency = ? and settled = 1 and payout is null`,
    payout.id,
    account,
    payout.currency,
  );
}

function isPayoutDay(settings: BalanceSettings, day: number): boolean {
  if (!isBusinessDay(day)) return false;
  // A payday on a weekend moves to the next business day.
  const stands = [day];
  for (let before = day - daySeconds; !isBusinessDay(before); before -= daySeconds) {
    stands.push(before);
  }
  if (settings.interval === 'weekly') {
    return stands.some((one) => settings.weekly_payout_days.includes(weekdayOf(one)));
  }
  if (settings.interval === 'monthly') {
    return stands.some((one) => isDayOfMonth(one, settings.monthly_payout_days));
  }
  return settings.interval === 'daily';
}
