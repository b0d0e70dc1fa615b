import type { z } from '@hono/zod-openapi';
import { listCommands } from '../../db/commands.ts';
import { listPayoutEntries } from '../../db/ledger.ts';
import type * as views from '../../db/payouts/views.ts';
import { listAttempts } from '../../db/stripe/attempt-views.ts';
import { formatMoney, money } from '../../domain/money.ts';
import { entryTexts } from '../ledger/entries.ts';
import type { TimelineEvent } from './schemas.ts';

type Event = z.infer<typeof TimelineEvent>;
type Listed<List extends (...args: never[]) => Promise<unknown[]>> = Awaited<ReturnType<List>>;
type Sources = {
  payout: views.PayoutRecord;
  attempts: Listed<typeof listAttempts>;
  entries: Listed<typeof listPayoutEntries>;
  commands: Listed<typeof listCommands>;
};

/** What happened to a payout, in order; of one instant, what led to it comes first. */
export function timelineOf({ payout, attempts, entries, commands }: Sources): Event[] {
  const events = [
    ...commands.map(fromCommand),
    ...milestones(payout),
    ...attempts.flatMap(fromAttempt),
    ...entries.map(fromEntry),
    ...ending(payout),
  ];
  return events.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function fromCommand(command: Sources['commands'][number]): Event {
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

function milestones({ startedAt, parkedAt, parked }: views.PayoutRecord): Event[] {
  return [
    ...(startedAt ? [{ at: startedAt, kind: 'started', text: 'Its workflow started' }] : []),
    ...(parkedAt
      ? [{ at: parkedAt, kind: 'parked', text: `Stopped for a person: ${parked}` }]
      : []),
  ];
}

function ending({ overAt, status, skipReason, failureCode }: views.PayoutRecord): Event[] {
  if (!overAt) return [];
  const why = skipReason ?? failureCode;
  return [{ at: overAt, kind: 'over', text: why ? `Over: ${status}, ${why}` : `Over: ${status}` }];
}

function fromAttempt(attempt: Sources['attempts'][number]): Event[] {
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

function fromEntry(entry: Sources['entries'][number]): Event {
  const { at, kind, from, to, stripeId } = entry;
  const moved = money(entry.amount, entry.currency);
  const text = `${formatMoney(moved)} ${entryTexts[kind]}`;
  return { at, kind, text, money: moved, from, to, ...(stripeId && { stripeId }) };
}
