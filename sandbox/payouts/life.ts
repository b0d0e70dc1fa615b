import { changeBank } from '../accounts/external-accounts.ts';
import { readAccount } from '../accounts/record.ts';
import { book } from '../books/balance.ts';
import { addBusinessDays } from '../books/calendar.ts';
import { schedule, unschedule } from '../core/due.ts';
import { missing, refusal } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import {
  changedFrom,
  findRecord,
  ownerOf,
  readRecord,
  saveRecord,
  view,
} from '../store/objects.ts';
import type { BankAccount, Payout } from '../store/records.ts';
import { failureMessage, failureOf } from './failures.ts';

const instantSeconds = 30 * 60;
const businessDaysToLeave = 1;
const businessDaysUnderWay = 1;
const businessDaysToArrive = businessDaysToLeave + businessDaysUnderWay;
const longestPauseSeconds = 10 * 86_400;
const daySeconds = 86_400;

/**
 * When a payout arrives: an instant payout after half an hour, any other after business days.
 * Seconds.
 */
export function arrivalOf(created: number, method: string): number {
  return method === 'instant'
    ? created + instantSeconds
    : addBusinessDays(created, businessDaysToArrive);
}

/** Schedules the events of a new payout: first it leaves for the bank, then it arrives. */
export function scheduleLife(w: World, payout: Payout): void {
  const leaves =
    payout.method === 'instant'
      ? payout.created
      : addBusinessDays(payout.created, businessDaysToLeave);
  schedule(w, leaves * 1000, 'payout_leaves', payout.id);
}

/**
 * Due: a pending payout leaves for the bank. While payouts are paused, it waits, and after 10 days
 * it is canceled.
 */
export function leave(w: World, id: string): void {
  const payout = findPayout(w, id);
  if (payout.status !== 'pending') return;
  const now = w.clock.seconds();
  if (readAccount(w, accountOf(w, payout)).internal.payoutsPaused) {
    if (now - payout.created >= longestPauseSeconds) endCanceled(w, payout);
    else schedule(w, (now + daySeconds) * 1000, 'payout_leaves', id);
    return;
  }
  // A payout that leaves late arrives late.
  const onItsWay = payout.method === 'instant' ? now : addBusinessDays(now, businessDaysUnderWay);
  const arrival = Math.max(payout.arrival_date, onItsWay);
  change(w, payout, { status: 'in_transit', arrival_date: arrival }, ['payout.updated']);
  schedule(w, arrival * 1000, 'payout_arrives', id);
}

/** Due: a payout reaches its bank, which accepts or returns it. */
export function arrive(w: World, id: string): void {
  const payout = findPayout(w, id);
  if (payout.status !== 'in_transit') return;
  const failure = failureOf(bankOf(w, payout)?.internal.number ?? '');
  if (failure) failPayout(w, id, failure);
  else payPayout(w, id);
}

/** Makes a payout arrive now. */
export function payPayout(w: World, id: string): Payout {
  const payout = findPayout(w, id);
  refuseUnless(payout, ['pending', 'in_transit'], 'paid');
  forget(w, payout);
  const value = `trace${payout.id.slice(-12)}`;
  const trace_id = { status: 'supported', value };
  const reconciled = payout.automatic ? { reconciliation_status: 'completed' } : {};
  return change(w, payout, { status: 'paid', trace_id, ...reconciled }, [
    'payout.paid',
    ...(payout.automatic ? ['payout.reconciliation_completed'] : []),
  ]);
}

/** Makes the bank return a payout now. A return of a paid payout is a late return. */
export function failPayout(w: World, id: string, failureCode: string): Payout {
  const payout = findPayout(w, id);
  refuseUnless(payout, ['pending', 'in_transit', 'paid'], 'failed');
  forget(w, payout);
  const returned = giveBack(w, payout, 'payout_failure');
  const failed = change(
    w,
    payout,
    {
      status: 'failed',
      failure_code: failureCode,
      failure_message: failureMessage(failureCode),
      failure_balance_transaction: returned,
      trace_id: { status: 'unsupported', value: null },
    },
    ['payout.failed'],
  );
  const bank = bankOf(w, failed);
  if (bank && !bank.internal.deleted) changeBank(w, bank, { ...bank, status: 'errored' });
  cancelDebitOf(w, failed);
  return failed;
}

/** Cancels a pending manual payout. */
export function cancelPayout(w: World, account: string, id: string): Payout {
  const payout = readRecord(w, 'payout', id, account);
  if (payout.automatic) {
    throw refusal('Automatic payouts cannot be canceled.', { code: 'status_transition_invalid' });
  }
  refuseUnless(payout, ['pending'], 'canceled');
  return endCanceled(w, payout);
}

/** Changes a payout and emits an event about it. */
export function change(
  w: World,
  before: Payout,
  changes: Partial<Payout>,
  events: string[],
): Payout {
  const after = { ...before, ...changes };
  saveRecord(w, after);
  const previous: JsonObject = changedFrom(before, after);
  for (const type of events) {
    const updated = type === 'payout.updated';
    emit(w, type, accountOf(w, after), view(after), updated ? previous : undefined);
  }
  return after;
}

function endCanceled(w: World, payout: Payout): Payout {
  forget(w, payout);
  const returned = giveBack(w, payout, 'payout_cancel');
  const ended = {
    status: 'canceled',
    failure_balance_transaction: returned,
    trace_id: { status: 'unsupported', value: null },
  } as const;
  return change(w, payout, ended, ['payout.canceled']);
}

/** Cancels the debit of a failed payout, because a failed payout cannot be debited back. */
function cancelDebitOf(w: World, { reversed_by: id }: Payout): void {
  const reversal = id === null ? undefined : findRecord(w, 'payout', id);
  if (reversal && ['pending', 'in_transit'].includes(reversal.status)) endCanceled(w, reversal);
}

function giveBack(w: World, payout: Payout, type: string): string {
  const notYet = payout.amount < 0 && payout.status !== 'paid';
  return book(w, {
    account: accountOf(w, payout),
    currency: payout.currency,
    amount: payout.amount,
    type,
    source: payout.id,
    ...(notYet && { availableOn: payout.arrival_date }),
  });
}

function forget(w: World, { id }: Payout): void {
  unschedule(w, 'payout_leaves', id);
  unschedule(w, 'payout_arrives', id);
}

function refuseUnless(payout: Payout, allowed: Payout['status'][], wanted: string): void {
  if (allowed.includes(payout.status)) return;
  throw refusal(`Payout ${payout.id} cannot become ${wanted}: it is ${payout.status}.`, {
    code: 'status_transition_invalid',
  });
}

function findPayout(w: World, id: string): Payout {
  const payout = findRecord(w, 'payout', id);
  if (!payout) throw missing('payout', id);
  return payout;
}

function bankOf(w: World, payout: Payout): BankAccount | undefined {
  return findRecord(w, 'bank_account', payout.destination);
}

function accountOf(w: World, { id }: Payout): string {
  const owner = ownerOf(w, id);
  if (owner === undefined) throw missing('payout', id);
  return owner;
}
