import type { EntryKind, Place } from '../ledger.ts';
import { formatMoney, type Money, money } from '../money.ts';
import type { AttemptRecord, CommandRecord, EntryRecord, PayoutRecord } from './facts.ts';

/** One thing that happened to a payout. */
export type TimelineEvent = {
  at: string;
  kind: string;
  text: string;
  /** The API key that ordered it. */
  actor?: string;
  money?: Money;
  from?: Place;
  to?: Place;
  attempt?: string;
  stripeId?: string;
};

type Sources = {
  payout: PayoutRecord;
  attempts: readonly AttemptRecord[];
  entries: readonly EntryRecord[];
  commands: readonly CommandRecord[];
};

/** What happened to a payout, in order; of one instant, what led to it comes first. */
export function timelineOf({ payout, attempts, entries, commands }: Sources): TimelineEvent[] {
  const events = [
    ...commands.map(fromCommand),
    ...milestones(payout),
    ...attempts.flatMap(fromAttempt),
    ...entries.map(fromEntry),
    ...ending(payout),
  ];
  return events.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function fromCommand(command: Sources['commands'][number]): TimelineEvent {
  const text = `${commandTexts[command.kind] ?? command.kind} by ${command.apiKeyName}`;
  return { at: command.at, kind: 'command', text, actor: command.apiKeyId };
}

/** What was ordered, in words. */
export const commandTexts: Record<string, string> = {
  'create-payout': 'Ordered',
  'confirm-sent': 'Confirmed as sent',
  'confirm-not-sent': 'Confirmed as not sent',
  'cancel-payout': 'Called off',
  'retry-payout': 'Told to try again',
  'create-seller': 'Made known',
  'update-seller': 'Changed',
  'place-hold': 'Money held',
  'release-hold': 'Hold released',
  'resume-bank-account': 'Bank account resumed',
  'waive-cooling': 'Cooling period waived',
  'pause-seller': 'Paused',
  'resume-seller': 'Resumed',
  'close-seller': 'Closed',
  'reopen-seller': 'Reopened',
  'retry-seller': 'Told to try again',
  'run-attention': 'Ordered of many',
  'close-discrepancy': 'Discrepancy closed',
  'confirm-account-created': 'Confirmed that Stripe made the account',
  'confirm-account-not-created': 'Confirmed that Stripe made no account',
};

function milestones({ startedAt, parkedAt, parked }: PayoutRecord): TimelineEvent[] {
  return [
    ...(startedAt ? [{ at: startedAt, kind: 'started', text: 'Its workflow started' }] : []),
    ...(parkedAt
      ? [{ at: parkedAt, kind: 'parked', text: `Stopped for a person: ${parked}` }]
      : []),
  ];
}

function ending({ overAt, status, skipReason, failureCode }: PayoutRecord): TimelineEvent[] {
  if (!overAt) return [];
  const why = skipReason ?? failureCode;
  return [{ at: overAt, kind: 'over', text: why ? `Over: ${status}, ${why}` : `Over: ${status}` }];
}

function fromAttempt(attempt: Sources['attempts'][number]): TimelineEvent[] {
  const { step, number, firstSentAt, decidedAt, state, refusal, error, stripeId } = attempt;
  const about = { attempt: attempt.key };
  const sent = firstSentAt
    ? [{ ...about, at: firstSentAt, kind: 'asked', text: `Stripe was asked: ${step} ${number}` }]
    : [];
  if (!decidedAt) {
    if (state !== 'unknown' || !firstSentAt) return sent; // one that is never sent closes its step
    const at = attempt.lastSentAt ?? attempt.createdAt;
    return [...sent, { ...about, at, kind: 'unknown', text: `No answer that tells: ${step}` }];
  }
  const code = error?.code ? ` (${error.code})` : '';
  const decided =
    state === 'refused'
      ? { kind: 'refused', text: `Not made: ${step}, ${refusal}${code}` }
      : { kind: 'made', text: `Made: ${step}` };
  return [...sent, { ...about, ...decided, at: decidedAt, ...(stripeId && { stripeId }) }];
}

function fromEntry(entry: Sources['entries'][number]): TimelineEvent {
  const { at, kind, from, to, stripeId } = entry;
  const moved = money(entry.amount, entry.currency);
  const text = `${formatMoney(moved)} ${entryTexts[kind]}`;
  return { at, kind, text, money: moved, from, to, ...(stripeId && { stripeId }) };
}

/** What an entry of the ledger tells, after its amount. */
export const entryTexts: Record<EntryKind, string> = {
  earning: 'earned',
  reserve: 'set aside',
  release: 'freed again',
  transfer: 'transferred to the account',
  payout: 'taken out of the account by Stripe',
  paid: 'at the bank',
  'payout-failed': 'back at the account: not paid',
  returned: 'back at the account: returned by the bank',
  refund: 'taken off what came straight to the account',
  reversal: 'a transfer was undone: back at the platform',
  foreign: 'moved by somebody else',
  adopted: 'had left already, and this database did not know it',
};
