import { coolingBank } from '../accounts/bank.ts';
import { failureOf } from '../accounts/failures.ts';
import { formatMoney, money, type Money } from '../money.ts';
import type { Resolving } from '../parking/commands.ts';
import { takenBack } from '../parking/reasons.ts';
import { isLateAt, sayLastRead } from '../payouts/late.ts';
import { payoutBefore } from '../payouts/queue.ts';
import { isOver, mayPayOut } from '../payouts/states.ts';
import { payoutSentences } from '../payouts/whereabouts.ts';
import { explainComparison } from '../reconciliation/words.ts';
import { whyNoRoute } from '../routing/route.ts';
import { type Actor, waitNames, type WaitReason, waits } from '../waits.ts';
import { afterLook, bankWaits } from './bank-waits.ts';
import type {
  AttemptRecord,
  ItemRecord,
  PayoutFacts,
  PayoutRecord,
  PayoutTotals,
  SellerBeside,
  Successor,
} from './facts.ts';
import { moneyResumed, moneyStopped } from './money-stopped.ts';
import { nextOf } from './next-steps.ts';
import {
  type Available,
  type Beside,
  canceledOf,
  isBraked,
  lateOf,
  parkedOf,
  returnedOf,
  sayPaidNowBy,
  showPayout,
  skippedOf,
  waitingOf,
} from './payout-words.ts';
import {
  accountWaits,
  isRejected,
  keptFor,
  liftOfNoRoute,
  readWaits,
  sellerWaits,
  unorderedWaits,
} from './seller-waits.ts';
import { putOffWaits, silenceBeside } from './stripe-delays.ts';
import {
  type Decision,
  decisionsOf,
  notShownOf,
  type TimelineEvent,
  timelineOf,
} from './timeline.ts';
import type { ComingStep, Waiting } from './waiting.ts';

/** A payout's explanation. */
export type PayoutExplanation = {
  asOf: string;
  summary: string;
  /** The path that says what the seller's money waits for. */
  explainSeller: string;
  isLate: boolean;
  waits: Waiting[];
  next: ComingStep[];
  /** What pays the money, if this payout ended without paying it. */
  paidNowBy: (Successor & { explain: string })[];
  happened: TimelineEvent[];
  decisions: Decision[];
  earnings: {
    count: number;
    first: (Omit<ItemRecord, 'currency' | 'amount' | 'earned'> & {
      amount: Money;
      earned: Money;
    })[];
    /** Where the others are listed. */
    all: string;
  };
  attempts: AttemptRecord[];
  compared: ReturnType<typeof explainComparison>;
  notShown: PayoutTotals;
  payout: ReturnType<typeof showPayout>;
};

type Lift = { actor: Actor; liftedBy: string; commands?: Resolving[] };

const itsTurn: Lift = { actor: 'engine', liftedBy: 'The seller’s workflow, as soon as possible' };

const otherHolds: Lift = {
  actor: 'operator',
  liftedBy:
    'Releasing enough of the holds that the other payout waits for, or canceling that payout',
};

/**
 * Explains a payout: what happened, what the payout waits for, what ends the wait, what comes next,
 * and who decided. `available` is the platform's balance, if it matters and Stripe answered.
 */
export function explainPayout(facts: PayoutFacts, available?: Available): PayoutExplanation {
  const { now, payout, items, attempts, commands, entries, pastWaits, successors } = facts;
  const happened = timelineOf(facts);
  const waits = waitsOf({ ...facts, available });
  const isLate = isLateAt(payout, now);
  return {
    asOf: now,
    summary: [summaryOf(payout, waits, isLate), ...sayPaidNowBy(payout, successors)].join('. '),
    explainSeller: `/v1/sellers/${payout.sellerId}/explain`,
    isLate,
    waits,
    next: nextOf(payout, now),
    paidNowBy: successors.map((one) => ({ ...one, explain: `/v1/payouts/${one.id}/explain` })),
    happened,
    decisions: decisionsOf(commands),
    earnings: {
      count: items.count,
      first: items.first.map(({ currency, ...item }) => ({
        ...item,
        amount: money(item.amount, currency),
        earned: money(item.earned, currency),
      })),
      all: `/v1/payouts/${payout.id}/items`,
    },
    attempts,
    compared: explainComparison(facts.comparison),
    notShown: notShownOf(facts.totals, { attempts, decisions: commands, entries, pastWaits }),
    payout: showPayout(payout, attempts),
  };
}

/** A payout in a few sentences, with what it waits for. */
export function summaryOf(
  payout: PayoutRecord,
  waits: readonly Waiting[],
  isLate: boolean,
): string {
  const { currency, requestedAmount, status, failureCode } = payout;
  const total = payout.fromPlatform + payout.fromAccount;
  const amount =
    total > 0
      ? formatMoney(money(total, currency))
      : requestedAmount === null
        ? `All that is payable in ${currency.toUpperCase()}`
        : formatMoney(money(requestedAmount, currency));
  const failed = failureCode && `${failureOf(failureCode).forOperator} (${failureCode})`;
  const because = skippedOf(payout) ?? failed;
  return [
    `${amount} ${returnedOf(payout) ?? payoutSentences[status]}${status === 'canceled' ? `: ${canceledOf(payout)}` : ''}`,
    ...(because ? [because] : []),
    ...(isLate ? [sayLastRead(payout.lastRead)] : []),
    ...waits.map(({ reason }) => reason),
  ].join('. ');
}

type Around = Pick<
  PayoutFacts,
  'now' | 'payout' | 'seller' | 'openPayouts' | 'operations' | 'isStripeSilent' | 'differences'
> & {
  attempts: readonly AttemptRecord[];
  available?: Available | undefined;
};

/** What a payout waits for. If its seller is not active, also the seller's own waits. */
export function waitsOf(around: Around): Waiting[] {
  const { payout, attempts, operations, seller } = around;
  const payoutId = payout.id;
  const parked = parkedOf(payout);
  if (parked) {
    const { reason, explanation, forSeller, commands } = parked;
    const who = {
      actor: 'operator' as const,
      liftedBy: 'A person, with one of the listed commands',
    };
    const when = { since: parked.since, lookAgainAt: null };
    const words = { for: reason, reason: explanation, forSeller };
    return [{ ...words, ...when, ...who, by: null, commands, payoutId }];
  }
  const putOff = isOver(payout) || isBraked(payout) ? [] : putOffWaits(attempts, payoutId);
  const waiting = waitingOf(payout, besideOf(around));
  const since = payout.waitingFor === null ? payout.createdAt : payout.waitsSince;
  const causes = waiting && seller ? behind(waiting.for, { ...around, seller }) : [];
  if (waiting?.for === waitNames.moneyStopped) {
    const stops = operations.moneyStopped ? moneyStopped(operations) : [moneyResumed(since)];
    return [...putOff, ...stops, ...causes];
  }
  // The payout has already asked Stripe, so its earlier wait is over.
  const isPast = putOff.length > 0 && mayPayOut(payout.status);
  if (!waiting || isPast) return [...putOff, ...stopsOf(around, putOff), ...causes];
  // The pause already says who paused, since when, why, and what ends the pause.
  const isPause = waiting.for === waitNames.sellerPaused || waiting.for === 'start';
  const pause = isPause && causes.find((one) => one.for === 'paused');
  const own = pause
    ? { ...pause, for: waiting.for, lookAgainAt: waiting.lookAgainAt, payoutId }
    : { ...waiting, since, ...nobody, ...liftOf(waiting.for, around), payoutId };
  const told = [own, ...putOff];
  const behindIt = causes.filter((one) => one !== pause);
  return [...told, ...stopsOf(around, told), ...behindIt];
}

const nobody = { by: null, commands: [] };

/**
 * Decides whether the explanation names stopped money and Stripe's silence: both only before Stripe
 * has the payout, and the silence only if the payout waits for nothing else first.
 */
function stopsOf(around: Around, told: readonly Waiting[]): Waiting[] {
  const { payout, operations, now } = around;
  if (!mayPayOut(payout.status)) return [];
  const isNext = told.every(({ actor, lookAgainAt }) => {
    return actor === 'engine' && (lookAgainAt === null || lookAgainAt <= now);
  });
  return [...moneyStopped(operations), ...(isNext ? silenceBeside(around, told) : [])];
}

function besideOf({ payout, seller, openPayouts, available }: Around): Beside {
  return {
    sellerStatus: seller?.status,
    isRejected: isRejected(seller),
    whyNoRoute: whyNoRoute(seller?.corridor),
    before: payoutBefore(payout, openPayouts) ?? null,
    available: available?.(payout.currency),
  };
}

/** Who ends a wait and how: the general answer, unless more is known about this payout. */
function liftOf(reason: WaitReason | 'start', { payout, now, seller, openPayouts }: Around): Lift {
  // Only a person can ask Stripe about a late payout.
  if (reason === waitNames.atBank && isLateAt(payout, now)) {
    const liftedBy = 'Stripe’s trace of the payout, or the bank’s answer';
    const { commands } = lateOf(payout);
    return { actor: 'operator', liftedBy, commands };
  }
  const [account] = keptFor({ payout, seller, now });
  if (reason === waitNames.atBank && account) {
    return { actor: account.actor, liftedBy: account.liftedBy };
  }
  const isOfAccount = reason === 'start' || waits[reason].isOfCapability;
  if (isOfAccount && isRejected(seller)) return { actor: 'platform', liftedBy: takenBack };
  if (
    reason === waitNames.coolingPeriod &&
    coolingBank(seller?.banks ?? [], payout.currency, now)?.asksPerson
  ) {
    return { actor: 'operator', liftedBy: afterLook };
  }
  if (reason === waitNames.noRoute) return liftOfNoRoute(payout);
  if (reason !== 'start' && reason !== waitNames.anotherPayout) return liftedAs(reason);
  if (reason === 'start' && seller && seller.status !== 'active') {
    return liftedAs(waitNames.sellerNotActive);
  }
  const before = payoutBefore(payout, openPayouts);
  if (before) return afterOther(before);
  return reason === 'start' ? itsTurn : liftedAs(reason);
}

/** Who ends the wait for another payout: whoever must act on that payout. */
function afterOther({ id, parked, waitingFor }: PayoutRecord): Lift {
  const { actor, liftedBy } = waits[waitNames.anotherPayout];
  if (parked) return { actor: 'operator', liftedBy: `A person who decides about payout ${id}` };
  if (waitingFor === waitNames.hold) return otherHolds;
  return { actor: waitingFor === null ? actor : waits[waitingFor].actor, liftedBy };
}

function liftedAs(reason: WaitReason): Lift {
  const { actor, liftedBy } = waits[reason];
  return { actor, liftedBy };
}

/** The seller's own waits that cause this wait of the payout. */
function behind(
  reason: WaitReason | 'start',
  { seller, payout, now, differences }: Around & { seller: SellerBeside },
): Waiting[] {
  if (reason === waitNames.atBank) return keptFor({ payout, seller, now });
  switch (reason === 'start' ? 'seller' : waits[reason].causedBy) {
    case 'seller':
      return sellerWaits(seller, now);
    case 'account':
      return [...accountWaits(seller, now), ...readWaits(seller)];
    case 'reads':
      return readWaits(seller);
    case 'bank':
      return bankWaits(seller, [payout.currency], now);
    case 'books':
      return unorderedWaits(differences, [payout.currency], payout);
    default:
      return [];
  }
}
