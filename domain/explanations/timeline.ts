import type { EntryKind, Place } from '../ledger.ts';
import { formatMoney, type Money, money } from '../money.ts';
import { sayInstant } from '../dates.ts';
import { waits } from '../waits.ts';
import type {
  AttemptRecord,
  CommandRecord,
  EntryRecord,
  PayoutRecord,
  Totals,
  WaitRecord,
} from './facts.ts';

/**
 * The most requests to Stripe, commands, ledger entries and past waits in one answer, each: the
 * newest of them. They grow with each retry, so no answer contains all of them.
 */
export const mostHappened = 100;

/** How many facts of each kind an answer leaves out, because its lists are limited. */
export function notShownOf<Kind extends string>(
  totals: Totals<Kind>,
  shown: Record<Kind, readonly unknown[]>,
): Totals<Kind> {
  const left = Object.entries<readonly unknown[]>(shown).map(([kind, list]) => {
    return [kind, Math.max(0, totals[kind as Kind] - list.length)];
  });
  return Object.fromEntries(left) as Totals<Kind>;
}

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
  pastWaits: readonly WaitRecord[];
};

/** What happened to a payout, in order. At the same instant, causes come before effects. */
export function timelineOf(sources: Sources): TimelineEvent[] {
  const { payout, attempts, entries, commands, pastWaits } = sources;
  const events = [
    ...ordering(payout),
    ...commands.map(fromCommand),
    ...milestones(payout),
    ...pastWaits.map(fromWait),
    ...attempts.flatMap(fromAttempt),
    ...entries.map(fromEntry),
    ...ending(payout),
  ];
  return events.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function ordering(payout: PayoutRecord): TimelineEvent[] {
  const said = sayOrder(payout);
  if (said === null) return [];
  return [{ at: payout.createdAt, kind: 'ordered', text: said }];
}

/** Who ordered a payout, if the schedule or the engine did and no API key. Otherwise null. */
export function sayOrder({ orderedBy, payday, lastPayday, replaces }: PayoutRecord): string | null {
  const instead = replaces === null ? '' : ` in the place of payout ${replaces}`;
  switch (orderedBy) {
    case 'schedule': {
      const last =
        lastPayday === null ? '' : `, and for each payday until ${sayInstant(lastPayday)}`;
      const day = payday === null ? 'a payday' : `the payday of ${sayInstant(payday)}`;
      return `Ordered by the schedule for ${day}${last}`;
    }
    case 'threshold':
      return 'Ordered by the schedule, because the payable amount reached the threshold';
    case 'new-details':
      return `Ordered by the engine${instead}, to the changed bank account`;
    case 'adopted':
      return 'Found at Stripe and recorded, after a restore had lost the order';
    default:
      return replaces === null || orderedBy.startsWith('key_')
        ? null
        : `Ordered by the engine${instead}`;
  }
}

function fromWait({ at, reason }: WaitRecord): TimelineEvent {
  return { at, kind: 'waiting', text: `Began to wait for ${waits[reason].ui}` };
}

function fromCommand(command: Sources['commands'][number]): TimelineEvent {
  const text = `${commandTexts[command.kind] ?? command.kind} by ${command.apiKeyName}`;
  return { at: command.at, kind: 'command', text, actor: command.apiKeyId };
}

/** The text of each command. */
export const commandTexts: Record<string, string> = {
  'create-payout': 'Ordered',
  'correct-earning': 'Earning corrected',
  'withdraw-earning': 'Earning withdrawn',
  'confirm-sent': 'Confirmed as sent',
  'confirm-not-sent': 'Confirmed as not sent',
  'cancel-payout': 'Cancellation ordered',
  'payout-paid-elsewhere': 'Ended as paid elsewhere',
  'leave-with-seller': 'Ended as left with the seller',
  'payout-came-back': 'Recorded as come back',
  'retry-payout': 'Retry ordered',
  'create-seller': 'Created',
  'update-seller': 'Changed',
  'place-hold': 'Hold placed',
  'release-hold': 'Hold released',
  'resume-bank-account': 'Bank account resumed',
  'waive-cooling': 'Cooling period waived',
  'pause-seller': 'Paused',
  'resume-seller': 'Resumed',
  'close-seller': 'Closed',
  'reopen-seller': 'Reopened',
  'retry-seller': 'Retry ordered',
  'run-attention': 'Ordered for a list',
  'close-discrepancy': 'Discrepancy closed',
  'confirm-account-created': 'Confirmed that Stripe created the account',
  'confirm-account-not-created': 'Confirmed that Stripe created no account',
};

function milestones({ startedAt, parkedAt, parked }: PayoutRecord): TimelineEvent[] {
  return [
    ...(startedAt ? [{ at: startedAt, kind: 'started', text: 'Workflow started' }] : []),
    ...(parkedAt
      ? [{ at: parkedAt, kind: 'parked', text: `Stopped until a person decides: ${parked}` }]
      : []),
  ];
}

function ending({ overAt, status, skipReason, failureCode }: PayoutRecord): TimelineEvent[] {
  if (!overAt) return [];
  const why = skipReason ?? failureCode;
  return [
    { at: overAt, kind: 'over', text: why ? `Ended: ${status}, ${why}` : `Ended: ${status}` },
  ];
}

function fromAttempt(attempt: Sources['attempts'][number]): TimelineEvent[] {
  const { step, number, firstSentAt, decidedAt, state, refusal, error, stripeId } = attempt;
  const about = { attempt: attempt.key };
  const sent = firstSentAt
    ? [
        {
          ...about,
          at: firstSentAt,
          kind: 'asked',
          text: `Sent to Stripe: ${step}, attempt ${number}`,
        },
      ]
    : [];
  if (!decidedAt) {
    if (state !== 'unknown' || !firstSentAt) return sent; // an attempt that was never sent ends its step
    const at = attempt.lastSentAt ?? attempt.createdAt;
    return [...sent, { ...about, at, kind: 'unknown', text: `Outcome unknown: ${step}` }];
  }
  const reason = error?.reason ?? error?.code;
  const code = reason ? ` (${reason})` : '';
  const decided =
    state === 'refused'
      ? { kind: 'refused', text: `Not done: ${step}, ${refusal}${code}` }
      : { kind: 'made', text: `Done: ${step}` };
  return [...sent, { ...about, ...decided, at: decidedAt, ...(stripeId && { stripeId }) }];
}

function fromEntry(entry: Sources['entries'][number]): TimelineEvent {
  const { at, kind, from, to, stripeId } = entry;
  const moved = money(entry.amount, entry.currency);
  const text = `${formatMoney(moved)} ${entryTexts[kind]}`;
  return { at, kind, text, money: moved, from, to, ...(stripeId && { stripeId }) };
}

/** The text of each ledger entry, after its amount. */
export const entryTexts: Record<EntryKind, string> = {
  earning: 'earned',
  correction: 'more or less owed: an earning was corrected or withdrawn',
  reserve: 'reserved',
  release: 'no longer reserved',
  transfer: 'transferred to the account',
  payout: 'taken out of the account by Stripe',
  paid: 'at the bank',
  'payout-failed': 'back at the account: not paid',
  returned: 'back at the account: returned from the bank',
  refund: 'deducted from money that came directly to the account',
  reversal: 'back at the platform: a transfer was reversed',
  foreign: 'moved by somebody else',
  adopted: 'had already left, unknown to this database',
  elsewhere: 'counts as paid: somebody else paid it',
  'owed-again': 'owed again: the payment by somebody else came back',
};
