import { announceBalance, book } from '../books/balance.ts';
import { addBusinessDays } from '../books/calendar.ts';
import { schedule, unschedule } from '../core/due.ts';
import { missing, refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Metadata } from '../core/metadata.ts';
import { platformId, type World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { refuseFraction } from '../money/fields.ts';
import { findRecord, insertRecord, saveRecord, view } from '../store/objects.ts';
import type { Topup } from '../store/records.ts';

/** What a top-up is made from. */
export type TopupOrder = {
  amount: number;
  currency: string;
  description?: string | undefined;
  metadata: Metadata;
  source?: string | undefined;
  statementDescriptor?: string | undefined;
  transferGroup?: string | undefined;
};

const businessDaysToArrive = 5;

const failing: Record<string, string> = {
  btok_us_verified_noAccount: 'no_account',
  btok_us_verified_accountClosed: 'account_closed',
  btok_us_verified_insufficientFunds: 'insufficient_funds',
  btok_us_verified_debitNotAuthorized: 'debit_not_authorized',
  btok_us_verified_invalidCurrency: 'invalid_currency',
};

/** Pulls money from the platform's bank; it is there after business days, or never. */
export function createTopup(w: World, order: TopupOrder): Topup {
  refuseFraction(order.amount, order.currency);
  const failure = failureOf(order.source);
  const topup: Topup = {
    id: newId('tu'),
    object: 'topup',
    amount: order.amount,
    balance_transaction: null,
    created: w.clock.seconds(),
    currency: order.currency,
    description: order.description ?? null,
    expected_availability_date: addBusinessDays(w.clock.seconds(), businessDaysToArrive),
    failure_code: null,
    failure_message: null,
    initiated_by: 'user',
    livemode: false,
    metadata: order.metadata,
    source: null,
    statement_descriptor: order.statementDescriptor ?? null,
    status: 'pending',
    transfer_group: order.transferGroup ?? null,
    internal: { failure },
  };
  insertRecord(w, 'topup', platformId, topup);
  emit(w, 'topup.created', platformId, view(topup));
  schedule(w, topup.expected_availability_date * 1000, 'topup_arrives', topup.id);
  return topup;
}

/** Due: the bank has answered. */
export function finishTopup(w: World, id: string): void {
  const { internal, status } = findTopup(w, id);
  if (status !== 'pending') return;
  if (internal.failure) failTopup(w, id, internal.failure);
  else succeedTopup(w, id);
}

/** Lets a pending top-up arrive now. */
export function succeedTopup(w: World, id: string): Topup {
  const topup = take(w, id, 'pending');
  const balance_transaction = book(w, {
    account: platformId,
    currency: topup.currency,
    amount: topup.amount,
    type: 'topup',
    source: id,
    description: topup.description,
  });
  const done = end(w, { ...topup, status: 'succeeded', balance_transaction }, 'topup.succeeded');
  announceBalance(w, platformId);
  return done;
}

/** Lets a pending top-up fail now. */
export function failTopup(w: World, id: string, failureCode: string): Topup {
  const topup = take(w, id, 'pending');
  const failure_message = 'The bank could not process this top-up.';
  const failed = {
    ...topup,
    status: 'failed',
    failure_code: failureCode,
    failure_message,
  } as const;
  return end(w, failed, 'topup.failed');
}

/** Takes a pending top-up back. */
export function cancelTopup(w: World, id: string): Topup {
  return end(w, { ...take(w, id, 'pending'), status: 'canceled' }, 'topup.canceled');
}

/** Lets the bank pull an arrived top-up back: the balance may become negative by it. */
export function reverseTopup(w: World, id: string): Topup {
  const topup = take(w, id, 'succeeded');
  book(w, {
    account: platformId,
    currency: topup.currency,
    amount: -topup.amount,
    type: 'topup_reversal',
    source: id,
  });
  return end(w, { ...topup, status: 'reversed' }, 'topup.reversed');
}

function take(w: World, id: string, status: Topup['status']): Topup {
  const topup = findTopup(w, id);
  if (topup.status === status) return topup;
  throw refusal(`Top-up ${id} is ${topup.status}; this is possible only while it is ${status}.`, {
    code: 'status_transition_invalid',
  });
}

function end(w: World, topup: Topup, event: string): Topup {
  unschedule(w, 'topup_arrives', topup.id);
  saveRecord(w, topup);
  emit(w, event, platformId, view(topup));
  return topup;
}

function findTopup(w: World, id: string): Topup {
  const topup = findRecord(w, 'topup', id);
  if (!topup) throw missing('top-up', id);
  return topup;
}

function failureOf(source: string | undefined): string | null {
  if (source === undefined || source === 'btok_us_verified') return null;
  const failure = failing[source];
  if (failure !== undefined) return failure;
  throw refusal(`No such source: '${source}'`, { code: 'resource_missing', param: 'source' });
}
