import { sayDay, sayInstant } from '../../dates.ts';
import type { Funds } from '../../funds.ts';
import { type Currency, formatMoney, money } from '../../money.ts';
import { parkNames } from '../../parking/reasons.ts';
import { claimsOf, type OpenOrder, withoutClaims } from '../../paydays/plan.ts';
import { lateDays } from '../../payouts/late.ts';
import { isInFlight, type Payout } from '../../payouts/states.ts';
import { waits } from '../../waits.ts';
import type { PayoutRecord, SellerFacts } from '../facts.ts';
import { unorderedSince } from '../why-no-payout.ts';

const atPlatform = 'at the platform';
const underWay = 'with Stripe or the banks';
const there = 'at the seller’s account at Stripe';

/** What a person does about a late payout. The same text on the seller's and the payout's page. */
export function sayLate(payout: { stripePayoutId: string | null; isPausedAtStripe: boolean }) {
  const { stripePayoutId, isPausedAtStripe } = payout;
  const stays =
    'Payouts of the account are not active at Stripe, so Stripe may still have the money';
  return [
    `The bank has not confirmed the payout within ${lateDays} days after it was sent`,
    `Ask Stripe for the trace of ${stripePayoutId === null ? 'the payout' : `\`${stripePayoutId}\``}`,
    ...(isPausedAtStripe ? [stays] : []),
    'The payout continues automatically once Stripe reports the outcome',
  ].join('. ');
}

/** The facts of a payout that say where its money is. */
type Placed = Pick<
  Payout,
  'status' | 'currency' | 'fromPlatform' | 'fromAccount' | 'unknownStep'
> & { since: { reserved: string | null; sent: string | null; paid: string | null } | undefined };

/** Where the money of a payout that is not over is, and since when. Null if nothing is reserved. */
export function sayPlaceOf(payout: Placed): string | null {
  const { status, currency, fromPlatform, fromAccount, unknownStep } = payout;
  const total = fromPlatform + fromAccount;
  const { reserved, sent, paid } = payout.since ?? { reserved: null, sent: null, paid: null };
  const say = (amount: number, where: string, since: string | null = null): string =>
    `${formatMoney(money(amount, currency))} ${where}${since ? ` since ${sayInstant(since)}` : ''}`;
  if (status === 'sent') return say(total, `${underWay}, on its way to the seller’s bank`, sent);
  if (status === 'paid') return say(total, 'at the seller’s bank', paid);
  if (!isInFlight(status)) return null;
  const since = reserved === null ? '' : `, reserved since ${sayInstant(reserved)}`;
  const isMoved = status === 'transferred' || fromPlatform === 0;
  if (isMoved || unknownStep === 'payout') {
    const perhaps =
      unknownStep === 'payout' ? ', or on its way to the bank if Stripe made the payout' : '';
    return `${say(total, `${there}${perhaps}`)}${since}`;
  }
  const perhaps = unknownStep === 'transfer' ? `, or ${there} if Stripe made the transfer` : '';
  const own = say(fromPlatform, `${atPlatform}${perhaps}`);
  return `${fromAccount > 0 ? `${own}; ${say(fromAccount, there)}` : own}${since}`;
}

/** Why a payout stopped, in the words of a headline after its amount. */
export function sayCause({ parked, waitingFor }: Pick<PayoutRecord, 'parked' | 'waitingFor'>) {
  if (parked === parkNames.refused) return 'that Stripe refused to move';
  if (parked === parkNames.outcomeUnknown) return 'of unknown outcome';
  return parked !== null || waitingFor === null
    ? 'waits for a person'
    : `waits for ${waits[waitingFor].ui}`;
}

/**
 * Adds to the sums of a seller in one currency where the money is that no payout claims, and since
 * when the oldest part of that money is available. Amounts in minor units.
 */
export function withPlaces(
  texts: readonly string[],
  { currency, places, since }: Unclaimed,
): string[] {
  const [last] = texts.slice(-1);
  const all = [
    { amount: places.platform, where: atPlatform },
    { amount: places.account, where: there },
  ].filter(({ amount }) => amount > 0);
  if (last === undefined || all.length === 0) return [...texts];
  const isPlain = texts.length === 1 && all.length === 1;
  const said = all.map(({ amount, where }) => {
    return isPlain ? where : `${formatMoney(money(amount, currency))} ${where}`;
  });
  const oldest = since === null ? '' : `; the oldest part available since ${sayDay(since)}`;
  return [...texts.slice(0, -1), `${last} (${said.join(', ')}${oldest})`];
}

/** A seller's money in one currency that no payout claims, by place. */
type Unclaimed = {
  currency: Currency;
  places: { platform: number; account: number };
  since: string | null;
};

/** The money that no payout claims, by place. */
export function unclaimedOf(facts: SellerFacts, currency: Currency): Unclaimed {
  const places = facts.balances.find((one) => one.currency === currency)?.places;
  const { platform = 0, account = 0 } = places ?? {};
  const funds = facts.funds.find((one) => one.currency === currency);
  const claimed = funds ? claimedOf(funds) : { platform: 0, account: 0 };
  const since = unorderedSince(facts, currency);
  return {
    currency,
    places: { platform: platform - claimed.platform, account: account - claimed.account },
    since,
  };
}

/** What ordered payouts claim, by place. Minor units. */
export function claimedOf(
  funds: Omit<Funds, 'requestedAmount'> & { orders: readonly OpenOrder[] },
) {
  const left = withoutClaims(funds, claimsOf(funds.orders, funds));
  return {
    platform: funds.atPlatform - left.atPlatform,
    account: funds.atAccount - left.atAccount,
  };
}
