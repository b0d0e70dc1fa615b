import { failureOf } from '../accounts/failures.ts';
import type { ParkReason, SellerParkReason } from '../parking/reasons.ts';
import type { PayoutStatus } from '../payouts/states.ts';
import type { RefusalKind } from '../stripe.ts';
import { skippedOf } from './payout-words.ts';
import type { EntryKind, Place } from '../ledger.ts';
import type { ApiKeyId } from '../ids.ts';
import { sayChange } from '../paydays/schedule-words.ts';
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
  const started = 'The engine began to work on the payout';
  return [
    ...(startedAt ? [{ at: startedAt, kind: 'started', text: started }] : []),
    ...(parkedAt && parked
      ? [
          {
            at: parkedAt,
            kind: 'parked',
            text: `Stopped until a person decides: ${parkTexts[parked]}`,
          },
        ]
      : []),
  ];
}

/** Why a payout or a seller stopped until a person decides. */
export const parkTexts: Record<ParkReason | SellerParkReason, string> = {
  'outcome-unknown': 'it is not known whether Stripe carried out a request',
  'refused-by-stripe': 'Stripe refused a request',
  'unexpected-state': 'Stripe’s record does not match the order',
  'account-refused': 'Stripe refused to create the account',
  'account-outcome-unknown': 'it is not known whether Stripe created the account',
  'manual-payouts-refused': 'Stripe refused to set the account to manual payouts',
  'money-after-close': 'money came to the account after the seller was closed',
  'returned-after-close': 'the bank returned money after the seller was closed',
};

function ending(payout: PayoutRecord): TimelineEvent[] {
  const { overAt, status, failureCode } = payout;
  if (!overAt) return [];
  const skipped = skippedOf(payout);
  const failed = failureCode && `. ${failureOf(failureCode).forOperator} (${failureCode})`;
  const why = skipped === null ? (failed ?? '') : `: ${skipped}`;
  return [{ at: overAt, kind: 'over', text: `${endings[status] ?? 'Ended'}${why}` }];
}

/** How a payout ended. A payout whose outcome is open has no row. */
const endings: Partial<Record<PayoutStatus, string>> = {
  settled: 'Ended: the bank has kept the money',
  failed: 'Ended: not paid, the money is back at the seller’s account at Stripe',
  returned: 'Ended: returned from the bank, the money is back at the seller’s account at Stripe',
  canceled: 'Ended: canceled',
  skipped: 'Ended without moving money',
  'paid-elsewhere': 'Ended: the money reached the seller without the engine',
};

function fromAttempt(attempt: Sources['attempts'][number]): TimelineEvent[] {
  const { number, step, firstSentAt, decidedAt, state, stripeId } = attempt;
  const about = { attempt: attempt.key };
  const asked = `Request ${number} for the ${steps[step] ?? step} was sent to Stripe`;
  const sent = firstSentAt ? [{ ...about, at: firstSentAt, kind: 'asked', text: asked }] : [];
  const text = sayOutcome(attempt);
  if (!decidedAt) {
    if (state !== 'unknown' || !firstSentAt) return sent; // an attempt that was never sent ends its step
    const at = attempt.lastSentAt ?? attempt.createdAt;
    return [...sent, { ...about, at, kind: 'unknown', text }];
  }
  const kind = state === 'refused' ? 'refused' : 'made';
  return [...sent, { ...about, kind, text, at: decidedAt, ...(stripeId && { stripeId }) }];
}

/** What became of a request to Stripe, as far as the engine knows. */
export function sayOutcome({
  step,
  state,
  refusal,
  error,
}: Pick<AttemptRecord, 'step' | 'state' | 'refusal' | 'error'>): string {
  const asked = steps[step] ?? step;
  const reason = error?.reason ?? error?.code;
  switch (state) {
    case 'succeeded':
      return `Stripe made the ${asked}`;
    case 'refused':
      return `The ${asked} was not made: ${refusals[refusal ?? 'other']}${reason ? ` (${reason})` : ''}`;
    case 'unknown':
      return `It is not known whether Stripe made the ${asked}`;
    case 'started':
      return `Stripe was asked for the ${asked} and has not decided`;
  }
}

/** What each request to Stripe asks for. */
const steps: Record<string, string> = {
  transfer: 'transfer to the seller’s account',
  payout: 'payout to the bank',
  cancel: 'cancellation',
  account: 'account',
};

/** Why a request was not carried out. */
const refusals: Record<RefusalKind, string> = {
  'balance-insufficient': 'the balance at Stripe did not cover it',
  'capability-missing': 'the account lacks a capability at Stripe',
  'bank-details': 'the bank account could not take it',
  'limit-reached': 'a limit at Stripe was reached',
  'permission-missing': 'the API key lacks a permission at Stripe',
  'account-left': 'the account has left the platform',
  'confirmed-not-sent': 'a person confirmed that it was not sent',
  'called-off': 'it was called off',
  other: 'Stripe refused it',
};

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

/** Who decided what, under which API key. */
export type Decision = {
  at: string;
  what: string;
  /** The seller, hold or payout. */
  about: string;
  /** As the caller gave it. Null if none is stored. */
  reason: string | null;
  apiKeyId: ApiKeyId;
  apiKeyName: string;
};

/** Who decided what, under which API key. */
export function decisionsOf(commands: readonly CommandRecord[]): Decision[] {
  return commands.map(({ at, kind, objectId: about, reason, change, apiKeyId, apiKeyName }) => {
    const what = change ? sayChange(change) : (commandTexts[kind] ?? kind);
    return { at, what, about, reason, apiKeyId, apiKeyName };
  });
}
