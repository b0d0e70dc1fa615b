import { accountFailureOf } from '../accounts/capabilities.ts';
import type { Failure, FailureNext } from '../accounts/failures.ts';
import { describeDue } from '../accounts/requirements.ts';
import { sayFailedRead } from '../failed-reads/accounts.ts';
import type { HoldRecord, SellerPause } from '../holds.ts';
import type { PayoutId, SellerId } from '../ids.ts';
import { type Currency, formatMoney, money } from '../money.ts';
import {
  because,
  elsewhere,
  liftPauseCommand,
  onboardingLink,
  paidElsewhereCommand,
  payoutCommand,
  sellerCommand,
} from '../parking/commands.ts';
import { rejection, sellerParkOf, takenBack } from '../parking/reasons.ts';
import { type DiscrepancyRecord, stopsPayout } from '../reconciliation/discrepancies.ts';
import { closingsOf, endsOfHold } from '../reconciliation/words.ts';
import { whyNoRoute } from '../routing/route.ts';
import { type Actor, waitNames, waits } from '../waits.ts';
import type { PayoutFacts, PayoutRecord, SellerBeside } from './facts.ts';
import { wait, type Waiting } from './waiting.ts';

/**
 * Why this seller cannot be paid, regardless of its money. Empty if the seller can be paid. While
 * the seller is parked, its other waits are not listed, because nothing else is done before a
 * person has decided.
 */
export function sellerWaits(seller: SellerBeside, now: string): Waiting[] {
  const stopped = parkedWait(seller);
  if (seller.status === 'closed') {
    return [closedWait(seller), ...stopped];
  }
  if (stopped.length > 0) return stopped;
  return [...accountWaits(seller, now), ...readWaits(seller), ...stopWaits(seller)];
}

function closedWait({ id, closed }: SellerBeside): Waiting {
  const more = { since: closed?.since ?? null, by: closed?.by ?? null };
  const commands = [sellerCommand(id, 'reopen', 'The seller should be paid again', because)];
  const lifted = 'Reopening the seller';
  const why = closed === null ? '' : `: ${closed.reason}`;
  const reason = `The seller is closed${why}`;
  return wait('closed', 'platform', reason, lifted, { ...more, commands });
}

/** What the seller's account at Stripe lacks. */
export function accountWaits(seller: SellerBeside, now: string): Waiting[] {
  const { status, createdAt, accountReadAt } = seller;
  if (status === 'active' || status === 'closed') return [];
  const since = createdAt;
  if (seller.stripeAccount === null) {
    const reason = 'The seller’s account at Stripe is being created';
    return [wait('account-creation', 'engine', reason, 'Stripe’s answer', { since })];
  }
  if (accountReadAt === null) {
    const reason = 'The seller’s account has not been read from Stripe yet';
    return [wait('account-read', 'engine', reason, 'Reading the account', { since })];
  }
  if (isRejected(seller)) return [rejectedWait(seller)];
  // Nothing is known of an account that cannot be read: `readWaits` says why it cannot.
  const isUnread = seller.failedReads.some(({ what }) => what === 'account');
  return isUnread ? [] : [capabilityWait(seller, now)];
}

/** Why the account cannot be read, one wait for each read that fails. */
export function readWaits({ failedReads }: SellerBeside): Waiting[] {
  const { actor, liftedBy } = waits[waitNames.unreadAccount];
  return failedReads.map((read) => {
    const { since } = read;
    return wait(waitNames.unreadAccount, actor, sayFailedRead(read), liftedBy, { since });
  });
}

/** True while Stripe rejects the account, permanently unless the rejection is withdrawn. */
export function isRejected(seller: SellerBeside | null): boolean {
  return seller !== null && seller.rejectedAt !== null && seller.status !== 'closed';
}

function rejectedWait({ id, rejectedAt: since, lookAgainAt }: SellerBeside): Waiting {
  const { explanation, commands } = sellerParkOf(rejection, id);
  const more = { since, lookAgainAt, commands };
  return wait(rejection, 'platform', explanation, takenBack, more);
}

function parkedWait({ id, parked, parkedAt }: SellerBeside): Waiting[] {
  if (parked === null) return [];
  const { explanation, commands } = sellerParkOf(parked, id);
  const lifted = 'A person, with one of the listed commands';
  return [wait(parked, 'operator', explanation, lifted, { since: parkedAt, commands })];
}

/** The pause and the holds. Each has its own reason and its own request that ends it. */
function stopWaits({ id, pauses, holds }: SellerBeside): Waiting[] {
  return [...pauses.map((pause) => pauseWait(id, pause)), ...holds.map(holdWait)];
}

function pauseWait(sellerId: SellerId, pause: SellerPause): Waiting {
  const { id: pauseId, reason, pausedAt: since, pausedByName: by } = pause;
  const commands = [liftPauseCommand(sellerId, pauseId)];
  const more = { since, by, commands };
  return wait('paused', 'operator', `The seller is paused: ${reason}`, 'Lifting the pause', more);
}

function holdWait(hold: HoldRecord): Waiting {
  const { amount, currency, reason, placedAt, expiresAt, source } = hold;
  const all =
    currency === null
      ? 'All of the seller’s money'
      : `All of the seller’s ${currency.toUpperCase()}`;
  const what = amount === null || currency === null ? all : formatMoney(money(amount, currency));
  const commands = endsOfHold(hold);
  const named = hold.keptBy === null ? source : `${source}, ${hold.id}`;
  const release = expiresAt ? 'Releasing the hold, or time' : 'Releasing the hold';
  const lifted = hold.keptBy === null ? release : 'Closing the discrepancy about the money';
  const more = { since: placedAt, by: hold.placedBy, lookAgainAt: expiresAt, commands };
  return wait(waitNames.hold, 'operator', `${what} is held (${named}): ${reason}`, lifted, more);
}

function capabilityWait(seller: SellerBeside, now: string): Waiting {
  const { id, status, lookAgainAt, transfersCapability, payoutsCapability } = seller;
  const isNew = status === 'onboarding';
  const lacking = [
    ...(transfersCapability === 'active' ? [] : [`transfers: ${transfersCapability ?? 'unknown'}`]),
    ...(payoutsCapability === 'active' ? [] : [`payouts: ${payoutsCapability ?? 'unknown'}`]),
  ];
  if (lacking.length === 0) {
    const reason = 'The seller’s account can be paid, but is not set to manual payouts yet';
    // Nothing records when a new account could be paid: `accountReadAt` moves with each read.
    const more = { since: isNew ? null : seller.restrictedAt, lookAgainAt };
    return wait(
      'manual-payouts',
      'engine',
      reason,
      'Setting manual payouts, and reading the account again',
      more,
    );
  }
  const reason = isNew
    ? `The seller has not finished onboarding at Stripe (${lacking.join(', ')})`
    : `Stripe restricts the seller’s account (${lacking.join(', ')})`;
  const failure = sellerFailureOf(seller);
  const { actor, liftedBy } = turns[failure?.next ?? 'operator'];
  const text = 'The seller can enter details now: send the seller to the returned URL';
  const commands = actor === 'seller' ? [onboardingLink(id, text)] : [];
  const due = describeDue(seller.requirements, now);
  const told = due.length > 0 && actor !== 'operator' ? due : [failure?.forOperator ?? []].flat();
  return wait(
    isNew ? 'onboarding' : waitNames.capability,
    actor,
    [reason, ...told].join('. '),
    liftedBy,
    {
      since: isNew ? seller.createdAt : seller.restrictedAt,
      lookAgainAt,
      commands,
      ...(failure && { forSeller: failure.forSeller }),
    },
  );
}

/** Who must act while an account may not be paid, and what ends the wait. */
const turns: Record<FailureNext, { actor: Actor; liftedBy: string }> = {
  wait: { actor: 'stripe', liftedBy: 'Stripe’s review' },
  'new-details': { actor: 'seller', liftedBy: 'Entering what Stripe asks for on Stripe’s pages' },
  'talk-to-bank': { actor: 'seller', liftedBy: 'The seller’s bank' },
  operator: {
    actor: 'operator',
    liftedBy: 'A person who contacts Stripe. Nothing that the seller enters ends this wait',
  },
};

/** Why Stripe does not let the account be paid, and who must act. Null if it may be paid. */
export function sellerFailureOf(seller: SellerBeside): Failure | null {
  const { transfersCapability: transfers, payoutsCapability: payouts } = seller;
  const { capabilityDetails: details, requirements } = seller;
  return accountFailureOf({ transfers, payouts, details, requirements });
}

/**
 * Why nothing is sent in these currencies: each amount that went to the seller without an order,
 * until a person says what it was for.
 */
export function unorderedWaits(
  differences: readonly DiscrepancyRecord[],
  currencies: readonly string[],
  payout: { id: PayoutId; reservedAt: string | null } | null = null,
): Waiting[] {
  const { actor, liftedBy } = waits[waitNames.unorderedMoney];
  return differences.flatMap((one) => {
    if (!stopsPayout(one, payout?.reservedAt ?? null)) return [];
    const { id, cause, atStripe, stripeCurrency, stripeId, openedAt: since } = one;
    if (atStripe === null || stripeCurrency === null) return [];
    if (!currencies.includes(stripeCurrency)) return [];
    const amount = formatMoney(money(Math.abs(atStripe), stripeCurrency));
    // A line about an unknown payout may be the platform’s, which has the opposite sign.
    const way = atStripe > 0 ? 'came to the seller’s account' : 'left the seller’s account';
    const how = cause === 'payout-unknown' ? 'moved' : way;
    const what = stripeId === null ? '' : ` (${stripeId})`;
    const reason = `${amount} ${how} without an order from the engine${what}. Nothing is sent in ${stripeCurrency.toUpperCase()} until a person has said what the money was for: discrepancy ${id}`;
    const commands = [
      ...closingsOf(one),
      ...(payout === null ? [] : [paidElsewhereCommand(payout.id)]),
    ];
    return [wait(waitNames.unorderedMoney, actor, reason, liftedBy, { since, commands })];
  });
}

/** Money at the platform that cannot be sent to the seller. Minor units. */
type OutOfReach = { currency: Currency; amount: number; since: string | null };

/** Why this money is not sent, and how the seller is paid nevertheless. Empty if there is a route. */
export function noRouteWaits(
  seller: SellerBeside,
  { currency, amount, since }: OutOfReach,
  payouts: readonly PayoutRecord[],
): Waiting[] {
  const why = whyNoRoute(seller.corridor);
  if (why === null || amount <= 0) return [];
  const { actor, liftedBy } = waits[waitNames.noRoute];
  const reason = `${formatMoney(money(amount, currency))} at the platform cannot be sent to the seller: ${why}. Nothing is sent to Stripe, and the money stays owed`;
  const known = payouts
    .filter((one) => one.currency === currency && one.waitingFor === waitNames.noRoute)
    .flatMap(endsWithoutRoute);
  const commands = known.length > 0 ? known : [orderOfPaid(seller.id, currency)];
  return [wait(waitNames.noRoute, actor, reason, liftedBy, { since, commands })];
}

/** Who ends the wait of a payout for a route, and how. */
export function liftOfNoRoute(payout: PayoutRecord) {
  const { actor, liftedBy } = waits[waitNames.noRoute];
  return { actor, liftedBy, commands: endsWithoutRoute(payout) };
}

/**
 * How a payout without a route ends. One without an amount cannot record a payment, because nobody
 * knows of how much: another order takes its place.
 */
function endsWithoutRoute(payout: PayoutRecord) {
  const { id, status, requestedAmount, fromAccount, sellerId, currency } = payout;
  if (status === 'requested' && requestedAmount === null) {
    const first = 'You paid the seller in another way: first end this order of everything';
    return [payoutCommand(id, 'cancel', first), orderOfPaid(sellerId, currency)];
  }
  const isSplit = fromAccount > 0;
  const when = 'The part at the seller’s account should be paid: order another payout afterwards';
  const paid =
    'You paid the seller in another way: the payout ends, and its earnings count as paid';
  return isSplit
    ? [payoutCommand(id, 'cancel', when)]
    : [payoutCommand(id, elsewhere.name, paid, { proof: '...', ...because })];
}

function orderOfPaid(sellerId: SellerId, currency: Currency) {
  const when =
    'You paid the seller in another way: order exactly the paid amount, in minor units. The payout waits, and its `paid-elsewhere` records the payment';
  return sellerCommand(sellerId, 'payouts', when, { amount: '...', currency });
}

/** Why Stripe may keep a payout that it has accepted. */
export function keptFor({ payout, seller, now }: Pick<PayoutFacts, 'payout' | 'seller' | 'now'>) {
  return payout.isPausedAtStripe && seller ? accountWaits(seller, now) : [];
}
