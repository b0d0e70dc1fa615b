import { sayInstant } from '../dates.ts';
import type { DiscrepancyId, EarningId, HoldId, PayoutId, SellerId } from '../ids.ts';
import { formatMoney, money } from '../money.ts';
import { because, command, releaseHoldCommand, type Resolving } from '../parking/commands.ts';
import type { ClosingRefusal } from './closing.ts';
import {
  causes,
  type DiscrepancyRecord,
  earningCauses,
  earningWaitCauses,
  type Outcome,
  outcomes,
  unorderedCauses,
} from './discrepancies.ts';

/** Adds to a discrepancy its explanation, both sides, who must act, and how it is closed. */
export function explainDiscrepancy(record: DiscrepancyRecord) {
  const { cause, object, sellerId, seller, payoutId, openedAt, agreesSince } = record;
  const { owner, what, remedy } = causes[cause];
  return {
    id: record.id,
    state: record.closedAt === null ? ('open' as const) : ('closed' as const),
    cause,
    explanation: what,
    remedy,
    owner,
    object,
    sellerId,
    seller,
    payoutId,
    atStripe: sideOf(record.atStripe, record.stripeCurrency, {
      movementId: record.movementId,
      stripeId: record.stripeId,
    }),
    inLedger: sideOf(record.inLedger, record.ledgerCurrency, {
      entryId: record.entryId === null ? null : String(record.entryId),
    }),
    openedAt,
    agreesSince,
    closedAt: record.closedAt,
    closedBy: record.closedBy,
    closeReason: record.closeReason,
    outcome: record.outcome,
  };
}

/**
 * The requests that resolve a discrepancy, for operators: one for each outcome that it may have,
 * and those that change the earning that it is about.
 */
export function closingsOf(
  of: Pick<DiscrepancyRecord, 'id' | 'cause' | 'object' | 'sellerId' | 'agreesSince'>,
): Resolving[] {
  const { id, cause, object, sellerId, agreesSince } = of;
  const path = `/v1/discrepancies/${id}/close`;
  if (agreesSince !== null) {
    const when = 'Both sides agree again, so that nothing remains to be decided';
    return [{ method: 'POST', path, body: because, when }];
  }
  // What a payout overpaid is in this payout, so the earning cannot be changed.
  const isChangeable = earningCauses.includes(cause) && cause !== 'earning-overpaid';
  const changes = isChangeable ? changesOf(earningNamed(object)) : [];
  if (earningWaitCauses.includes(cause)) return changes;
  if (!unorderedCauses.includes(cause)) {
    const when = 'A person has examined the discrepancy, and nothing remains to be done';
    return [...changes, { method: 'POST', path, body: because, when }];
  }
  // `planClosing` refuses to count money as paid whose seller is not known.
  const possible = outcomes.filter((outcome) => outcome !== 'owed' || sellerId !== null);
  return possible.map((outcome) => {
    return {
      method: 'POST',
      path,
      body: { outcome, reason: '...' },
      when: `The money was for ${outcomeWords[outcome]}`,
    };
  });
}

/** Says that a discrepancy is over: nothing is decided about it any more. */
export function sayAgreed(since: string): string {
  return `Both sides agree again since ${sayInstant(since)}: close the discrepancy`;
}

/**
 * The requests that end a hold, for operators: its release, or the closing of the discrepancy that
 * keeps the hold from being released.
 */
export function endsOfHold({ id, keptBy, sellerId }: HoldToEnd): Resolving[] {
  if (keptBy === null) return [releaseHoldCommand(id)];
  const cause = 'transfer-not-ordered';
  return closingsOf({ id: keptBy, cause, object: keptBy, sellerId, agreesSince: null });
}

type HoldToEnd = { id: HoldId; sellerId: SellerId; keptBy: DiscrepancyId | null };

/** The earning that a discrepancy is about. `told_as` in the database writes the object. */
export function earningNamed(object: string): EarningId {
  return object.split('/')[0] as EarningId;
}

function changesOf(earningId: EarningId): Resolving[] {
  const charge = { ...because, charge: 'ch_...' };
  const [right, none] = ['The earning named a wrong charge', 'The earning is not owed'];
  return [
    command(`earnings/${earningId}/correct`, right, charge),
    command(`earnings/${earningId}/withdraw`, none, because),
  ];
}

/** Says what money that moved without an order was for. */
export const outcomeWords: Record<Outcome, string> = {
  owed: 'what is owed to the seller: it counts as paid, and is not paid a second time',
  'not-owed':
    'something else: as much is owed to the seller as before, and is paid. Money that came stays held',
};

/** Why a discrepancy is not closed, and what to do. */
export function sayClosingRefusal(
  why: ClosingRefusal,
  { inFlight, atPlatform, currency }: Around,
): string {
  switch (why) {
    case 'outcome-needed':
      return `Money went to the seller without an order. Close the discrepancy with an \`outcome\`: \`owed\` if the money was for ${outcomeWords.owed}; \`not-owed\` if it was for ${outcomeWords['not-owed']}`;
    case 'earning-waits':
      return 'The earning still waits for its charge, so nothing was changed. Correct the earning (POST /v1/earnings/{earningId}/correct) or withdraw it (POST /v1/earnings/{earningId}/withdraw): both close this discrepancy. The object of the discrepancy names the earning';
    case 'no-outcome':
      return 'This discrepancy has no outcome. Close it without `outcome`';
    case 'no-seller':
      return 'The books of the seller’s account do not show this money yet. Close the discrepancy with `not-owed`, or wait until the account’s books were read';
    case 'adopt-first':
      return 'The money was moved in the name of a payout that this database does not know. First adopt or dismiss it: GET /v1/recovery';
    case 'came-back':
      return 'The money has moved back at Stripe, so it paid nothing. Close the discrepancy with `not-owed`';
    case 'payout-in-flight':
      return `Payout ${inFlight} has reserved money of this seller and currency, which may be the same money. First end that payout: with \`paid-elsewhere\` if this money paid it, otherwise with \`cancel\``;
    case 'nothing-owed':
      return 'The seller has no unpaid earnings in this currency, so the money was not for them. Close the discrepancy with `not-owed`';
    case 'more-than-owed':
      return `At the platform, ${currency === null ? 'less' : formatMoney(money(Math.max(0, atPlatform), currency))} is owed to the seller. Record the missing amount as an earning first, or close the discrepancy with \`not-owed\``;
  }
}

/** Why the money of a payout that others stopped or debited back is held. */
export function sayStopped(cause: 'payout-stopped' | 'payout-reversed', object: string): string {
  return `${causes[cause].what} (${object})`;
}

type Around = { inFlight: PayoutId | null; atPlatform: number; currency: string | null };

function sideOf<Ids extends object>(amount: number | null, currency: string | null, ids: Ids) {
  return amount === null || currency === null ? null : { money: money(amount, currency), ...ids };
}

/** When both sides were last compared, and when the books of a seller's account were last read. */
export type Comparison = { lastPassAt: string | null; accountReadAt: string | null };

/** Says how far the differences of a seller are known. */
export function explainComparison({ lastPassAt, accountReadAt }: Comparison) {
  return { lastPassAt, accountReadAt, explanation: sayComparison(lastPassAt, accountReadAt) };
}

function sayComparison(lastPassAt: string | null, accountReadAt: string | null): string {
  if (lastPassAt === null) {
    return 'The ledger has not been compared with Stripe yet, so differences may exist that nobody knows';
  }
  const compared = 'The ledger was last compared with Stripe at `lastPassAt`';
  if (accountReadAt === null) {
    return `${compared}, but Stripe’s books of the seller’s account have not been read yet`;
  }
  return `${compared}. Stripe’s books of the seller’s account were last read at \`accountReadAt\`: later differences are not known yet`;
}
