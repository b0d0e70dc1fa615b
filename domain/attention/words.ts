import { type FailedRead, sayFailedRead } from '../failed-reads/accounts.ts';
import type {
  DiscrepancyId,
  HoldId,
  MoneyStopId,
  PayoutId,
  SellerId,
  SellerNames,
  SellerPauseId,
} from '../ids.ts';
import { sayStop, type StopCause } from '../money-stops.ts';
import { formatMoney, money, type Money } from '../money.ts';
import { liftPauseCommand, liftStopCommand, releaseHoldCommand } from '../parking/commands.ts';
import {
  type PayoutPark,
  payoutParkOf,
  type SellerPark,
  sellerParkOf,
  unreadable,
} from '../parking/reasons.ts';
import { type Cause, causes, keepingCauses } from '../reconciliation/discrepancies.ts';
import { closingsOf, sayAgreed } from '../reconciliation/words.ts';
import { sayRefusal, type StripeError } from '../refusals/reasons.ts';
import { type Corridor, whyNoRoute } from '../routing/route.ts';
import type { MoneyStep } from '../stripe.ts';
import { type Actor, waitNames } from '../waits.ts';
import type { BulkCommand, Inapplicable } from './bulk.ts';

/** Describes what a bulk command does to each object. */
export const bulkWords: Record<BulkCommand, string> = {
  retry:
    'Payouts and sellers continue, as with their own `retry`. Use this after the cause is removed',
  cancel: 'Payouts that Stripe refused are canceled, as with their own `cancel`',
  'confirm-not-sent':
    'Payouts of unknown outcome are sent again, or end if they were canceled, as with their own `confirm-not-sent`. Immediately before, the engine looks at Stripe for each payout, and leaves out each one for which it finds something or cannot look',
  'release-hold': 'The holds that were placed because of a discrepancy are released',
  'resume-bank-account':
    'Payouts may go to the seller’s paused bank accounts in the waiting currency again. This counts for every seller who uses the same account number',
  'pause-seller': 'Nothing more is sent for the seller until this pause is lifted',
  'resume-seller':
    'Your own only pause of the seller is lifted, so payouts of the seller may start again',
};

/** Explains why a bulk command does nothing to an object, or did nothing when the list was run. */
export const leftOutWords: Record<LeftOut, string> = {
  'look-first':
    'It is unknown what Stripe did: look at Stripe, then decide about this payout or seller by itself',
  'not-offered': 'This command does not resolve the entry: use one of the entry’s own commands',
  'outcome-open': 'A request to Stripe about the payout has no answer yet',
  'too-late': 'The payout is paid or has already ended',
  'no-seller': 'The entry belongs to no seller',
  'seller-closed': 'The seller is closed',
  'paused-already': 'You have paused the seller with this reason already',
  'not-paused': 'The seller is not paused',
  'pause-not-named':
    'Somebody else paused the seller, or several pauses are open: lift each by its id, at the seller',
  'no-hold':
    'No hold that was placed because of the discrepancy can be released: none is active, or a person must first say what its money was for',
  'no-paused-bank-account': 'No bank account that would receive this money is paused',
  'same-target': 'Another object of this list has the same effect',
  'waits-no-more': 'The entry no longer waits for a person',
  changed: 'The entry changed after the preview',
  'found-at-stripe':
    'Stripe, or the engine’s books, have an object that may be the transfer or payout: decide about this payout by itself',
  'not-looked': 'Stripe could not be asked about the payout. Preview the command again later',
};

/**
 * Explains why something waits for a person, names who must act, and lists the requests that
 * resolve it. `available` is the platform's balance, if it matters and Stripe answered.
 */
export function resolutionOf(record: AttentionRecord, available?: (currency: string) => Money) {
  if (record.kind === 'hold') return resolutionOfHold(record);
  if (record.kind === 'pause') return resolutionOfPause(record);
  if (record.kind === 'stop') return resolutionOfStop(record);
  if (record.kind === 'funding') return resolutionOfFunding(record, available?.(record.id));
  if (record.kind === 'seller') {
    const { parked, id, parkedDetail: detail } = record;
    return sellerParkOf(
      parked,
      id,
      record.refused ? sayRefusal(record.refused) : saidOf(parked, detail),
    );
  }
  if (record.kind === 'discrepancy') {
    return resolutionOfDiscrepancy(record);
  }
  return payoutParkOf(record.parked, record);
}

/** The detail of a seller’s entry in words. Two reasons have their facts as JSON. */
function saidOf(parked: SellerPark, detail: string | null): string | null {
  if (detail === null) return null;
  if (parked === unreadable) return sayFailedRead(JSON.parse(detail) as FailedRead);
  return parked === waitNames.noRoute ? whyNoRoute(JSON.parse(detail) as Corridor) : detail;
}

function resolutionOfDiscrepancy(record: AttentionRecord & { kind: 'discrepancy' }) {
  const { id, parked, parkedDetail, sellerId, agreesSince } = record;
  const { what, remedy, owner } = causes[parked];
  const of = { id, cause: parked, object: parkedDetail, sellerId, agreesSince };
  const isKept = keepingCauses.includes(parked) && agreesSince === null;
  const holds = isKept ? [] : record.holds.map((hold) => releaseHoldCommand(hold));
  // Only an operator looks at what the engine itself should have put right.
  const actor: Actor = owner === 'engine' ? 'operator' : owner;
  const says = agreesSince === null ? remedy : sayAgreed(agreesSince);
  return { explanation: `${what}. ${says}`, actor, commands: [...holds, ...closingsOf(of)] };
}

function resolutionOfHold({ id, order }: AttentionRecord & { kind: 'hold' }) {
  const explanation = `${order.by} placed this hold: ${order.reason}. Only its release ends the hold`;
  return { explanation, actor: 'operator' as const, commands: [releaseHoldCommand(id)] };
}

function resolutionOfPause({ id, sellerId, order }: AttentionRecord & { kind: 'pause' }) {
  const explanation = `${order.by} paused the seller: ${order.reason}. Nothing is paid to the seller until every pause is lifted`;
  return { explanation, actor: 'operator' as const, commands: [liftPauseCommand(sellerId, id)] };
}

function resolutionOfStop({ id, order }: AttentionRecord & { kind: 'stop' }) {
  const { by: stoppedByName, reason, cause } = order;
  const explanation = sayStop({ stoppedByName, reason, cause });
  return { explanation, actor: 'operator' as const, commands: [liftStopCommand(id)] };
}

function resolutionOfFunding(
  { id, payouts, atStake }: AttentionRecord & { kind: 'funding' },
  available: Money | undefined,
) {
  const needed = atStake[0] ?? money(0, id);
  const has = available ? `, which has ${formatMoney(available)} available` : '';
  const explanation = `${payouts === 1 ? '1 payout needs' : `${payouts} payouts need`} ${formatMoney(needed)} of the platform’s balance at Stripe${has}. Add the missing money now: each payout continues as soon as the balance covers it. GET /v1/funding says what the next paydays need in addition`;
  return { explanation, actor: 'platform' as const, commands: [] };
}

/** Why an item was left out when its list was run. */
export type LeftOut = Inapplicable | 'waits-no-more' | 'changed' | 'found-at-stripe' | 'not-looked';

/**
 * Something that waits for a person: a parked payout or seller, a payout that is late at the bank,
 * an account that Stripe rejected, a change to the bank account of another seller, a discrepancy, a
 * hold that only a release ends, a pause of a seller, a stop of all money, or money that the
 * platform's balance lacks.
 */
export type AttentionRecord = {
  /** Null if the entry concerns no particular seller. */
  sellerId: SellerId | null;
  seller: SellerNames | null;
  /** Null if the entry concerns every currency of the seller. */
  currency: string | null;
  since: string;
  /** The money that does not move because of this, in minor units. */
  atStake: Money[];
  /** Why Stripe refused the last request. Null unless the record waits because of that. */
  refused: StripeError | null;
} & (
  | {
      kind: 'payout';
      id: PayoutId;
      parked: PayoutPark;
      parkedDetail: string | null;
      unknownStep: MoneyStep | null;
      isAtAccount: boolean;
    }
  | {
      kind: 'seller';
      id: SellerId;
      parked: SellerPark;
      /**
       * The bank account that a person should look at, or the failed read or the route's facts as
       * JSON. Null for other reasons.
       */
      parkedDetail: string | null;
      unknownStep: null;
    }
  | {
      kind: 'discrepancy';
      id: DiscrepancyId;
      parked: Cause;
      /** The object of the discrepancy. */
      parkedDetail: string;
      unknownStep: null;
      /** The active holds that were placed because of the discrepancy. */
      holds: HoldId[];
      /** Since when both sides agree again. Null while they differ. */
      agreesSince: string | null;
    }
  | {
      kind: 'hold';
      id: HoldId;
      parked: 'held';
      order: Ordered;
    }
  | {
      kind: 'pause';
      id: SellerPauseId;
      sellerId: SellerId;
      parked: typeof waitNames.sellerPaused;
      order: Ordered;
    }
  | {
      kind: 'stop';
      id: MoneyStopId;
      parked: typeof waitNames.moneyStopped;
      order: Ordered & { cause: StopCause };
    }
  | {
      kind: 'funding';
      /** The currency. */
      id: string;
      parked: 'platform-money-missing';
      /** How many payouts wait for the money. */
      payouts: number;
      /** Some of these payouts. */
      firstPayouts: WaitingPayout[];
    }
);

/** A payout that waits for money in the platform's balance. */
type WaitingPayout = {
  id: PayoutId;
  sellerId: SellerId;
  seller: SellerNames;
  /** What the payout needs of the platform's balance. */
  money: Money;
  since: string;
};

/** The name of the API key that ordered something, and the reason that was given. */
type Ordered = { by: string; reason: string };
