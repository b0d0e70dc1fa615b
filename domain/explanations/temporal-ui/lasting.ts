import { moneyParts, moneySumsOf, partsInPayouts } from '../../headlines/sums.ts';
import { sayMoney } from '../../headlines/words.ts';
import { type Currency, formatMoney, money } from '../../money.ts';
import { stopNow } from '../../paydays/coming.ts';
import { isLateAt, lateSince } from '../../payouts/late.ts';
import { isInFlight } from '../../payouts/states.ts';
import { type Actor, waitNames } from '../../waits.ts';
import type { SellerFacts } from '../facts.ts';
import { previewRelease } from '../release.ts';
import type { SayInstant, Waiting } from '../waiting.ts';
import { sayActors, sayRequest } from './markdown.ts';
import { sayOrdered } from './sellers.ts';
import { sayCause, sayLate, sayPlaceOf } from './stopped-money.ts';
import { troubleAt } from './trouble.ts';

type OpenPayout = SellerFacts['openPayouts'][number];

/**
 * The waits that stay true while the seller's text is not written again. A payout wakes its seller
 * when its trouble begins, changes or ends, and at no other step.
 */
export function lastingWaits(facts: SellerFacts, waits: readonly Waiting[]): Waiting[] {
  const troubled = facts.openPayouts.filter((payout) => troubleAt(payout, facts.now) !== null);
  const inTrouble = new Set<string>(troubled.map(({ id }) => id));
  const lasting = waits
    .filter(({ payoutId }) => payoutId === null || inTrouble.has(payoutId))
    .filter((wait) => wait.for !== 'payday')
    .map((wait) => {
      // The date of a payday, which passes without waking the workflow of a stopped seller.
      return wait.for === 'below-minimum' ? { ...wait, lookAgainAt: null } : wait;
    })
    .map((wait) => asLate(facts, wait));
  return withoutRepeats(lasting);
}

/** The wait of a late payout, with the words and the day that the payout's own page shows. */
function asLate({ openPayouts, now }: SellerFacts, wait: Waiting): Waiting {
  const payout = openPayouts.find(({ id }) => id === wait.payoutId);
  if (wait.for !== waitNames.atBank || !payout || !isLateAt(payout, now)) return wait;
  const since = payout.sentAt && lateSince(payout.sentAt);
  return { ...wait, reason: `Payout ${payout.id}: ${sayLate(payout)}`, since, lookAgainAt: null };
}

/** Names each request only once, so that the next reason stays in the frame. */
function withoutRepeats(waits: readonly Waiting[]): Waiting[] {
  const named = new Set<string>();
  return waits.map((wait) => {
    const commands = wait.commands.filter((command) => !named.has(sayRequest(command)));
    for (const command of commands) named.add(sayRequest(command));
    return { ...wait, commands };
  });
}

/** The most payouts that a headline names. */
const mostNamed = 3;

/** How much of the seller's money a payout in trouble carries, and why it stopped. */
export function sayStoppedPayouts({ openPayouts, now }: SellerFacts): string[] {
  const stopped = openPayouts.filter((payout) => {
    const isOnItsWay = isInFlight(payout.status) || payout.status === 'sent';
    return isOnItsWay && troubleAt(payout, now) !== null;
  });
  const said = stopped.slice(0, mostNamed).map((payout) => {
    const { currency, fromPlatform, fromAccount } = payout;
    const cause = isLateAt(payout, now) ? 'late at the bank' : sayCause(payout);
    return `${formatMoney(money(fromPlatform + fromAccount, currency))} ${cause}`;
  });
  const more = stopped.length - said.length;
  return more > 0 ? [...said, `${more} more payouts that stopped`] : said;
}

/** What ends with more earnings or in time, so that nobody must act, although somebody may. */
const asksNobody = ['nothing-earned', 'below-minimum', 'too-small', 'threshold'];

/** Who must act on these waits, and on differences with these owners. */
export function sayWhoActs(
  facts: SellerFacts,
  waits: readonly Waiting[],
  owners: readonly Actor[] = [],
): string {
  const active = waits.filter((wait) => !isIdle(facts, wait));
  const asked = [...active.map(({ actor }) => actor), ...owners];
  return waits.length > 0 && asked.length === 0 ? 'nobody' : sayActors(asked);
}

function isIdle({ balances }: SellerFacts, { for: reason, actor }: Waiting): boolean {
  if (actor !== 'platform') return false;
  if (reason !== 'closed') return asksNobody.includes(reason);
  return balances.every(({ places }) => {
    return [places.platform, places.account].every((amount) => amount === 0);
  });
}

/**
 * The seller's money in one currency, without the parts that change while a payout goes on. A
 * payout that leaves wakes nobody, so money that waits behind it is only said to be not ordered.
 */
export function sayLastingMoney(facts: SellerFacts, currency: Currency): string[] {
  const isBehind = stopNow(facts, currency) === waitNames.anotherPayout;
  const lasting = moneyParts.filter((part) => !partsInPayouts.includes(part));
  if (!isBehind) return sayMoney(facts, currency, lasting);
  const { stopped } = moneySumsOf(facts, currency);
  return [
    ...(stopped > 0 ? [`${formatMoney(money(stopped, currency))} not ordered`] : []),
    ...sayMoney(
      facts,
      currency,
      lasting.filter((part) => part !== 'stopped'),
    ),
  ];
}

/** True for a payout between order and bank. */
export function isUnderWay({ status }: OpenPayout): boolean {
  return status !== 'paid';
}

/**
 * A payout under way: which one, how much and since when, and if it stopped, where its money is.
 * Markdown.
 */
export function sayPayout(payout: OpenPayout, now: string): string {
  const { id: payoutId, status, currency, requestedAmount, createdAt: orderedAt } = payout;
  const carried = payout.fromPlatform + payout.fromAccount;
  const amount = status === 'requested' ? requestedAmount : carried;
  const { reservedAt: reserved, sentAt: sent, paidAt: paid } = payout;
  const isStopped = troubleAt(payout, now) !== null;
  const place = isStopped
    ? sayPlaceOf({ ...payout, currency, since: { reserved, sent, paid } })
    : null;
  const said = sayOrdered({ payoutId, currency, amount, orderedAt });
  return `- ${said}${place === null ? '' : `: ${place}`}`;
}

/**
 * What keeps the seller's workflow from opening paydays, and what ends it. Undefined if nothing.
 */
export function stopOfPaydays({ seller: { parked, status, pauses } }: SellerFacts) {
  if (parked !== null) return { lasts: 'a person must decide', over: 'a person has decided' };
  if (status !== 'active') {
    return { lasts: 'the seller is not active', over: 'the seller is active' };
  }
  if (pauses.length === 0) return undefined;
  return { lasts: 'the seller is paused', over: 'no pause is left' };
}

/** What a release would add and let go on, without a sum that ages. Markdown. */
export function sayRelease(
  facts: SellerFacts,
  hold: SellerFacts['seller']['holds'][number],
  sayInstant: SayInstant,
): string {
  const { id, keptBy } = hold;
  if (keptBy !== null) return `\`${id}\` cannot be released before \`${keptBy}\` is closed`;
  const { money: sums, goesOn } = previewRelease(facts, hold, sayInstant);
  const gains = sums.flatMap(({ payable, payableThen: { amount, currency } }) => {
    const gain = amount - payable.amount;
    return gain > 0 ? [`${formatMoney(money(gain, currency))} more payable`] : [];
  });
  const effects = [
    ...(gains.length > 0 ? gains : ['no more money becomes payable']),
    ...goesOn.map(({ payoutId }) => `payout \`${payoutId}\` continues`),
  ];
  return `if you release \`${id}\`: ${effects.join('; ')}`;
}
