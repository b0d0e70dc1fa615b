import { type Currency, formatMoney, money } from '../../money.ts';
import { parkNames } from '../../parking/reasons.ts';
import { lateDays } from '../../payouts/late.ts';
import { isInFlight, type Payout } from '../../payouts/states.ts';
import { waits } from '../../waits.ts';
import type { PayoutRecord, SellerFacts } from '../facts.ts';

const withPlatform = 'with the platform';
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

/** Where the money of a payout between reservation and bank is. Null if nothing is reserved. */
export function sayPlaceOf(
  payout: Pick<Payout, 'status' | 'currency' | 'fromPlatform' | 'fromAccount' | 'unknownStep'>,
): string | null {
  const { status, currency, fromPlatform, fromAccount, unknownStep } = payout;
  if (!isInFlight(status)) return null;
  const say = (amount: number, where: string): string =>
    `${formatMoney(money(amount, currency))} ${where}`;
  const isMoved = status === 'transferred' || fromPlatform === 0;
  if (isMoved || unknownStep === 'payout') {
    const perhaps =
      unknownStep === 'payout' ? ', or on its way to the bank if Stripe made the payout' : '';
    return say(fromPlatform + fromAccount, `${there}${perhaps}`);
  }
  const perhaps = unknownStep === 'transfer' ? `, or ${there} if Stripe made the transfer` : '';
  const own = say(fromPlatform, `${withPlatform}${perhaps}`);
  return fromAccount > 0 ? `${own}; ${say(fromAccount, there)}` : own;
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
 * Adds to a headline where the money of a seller who is not active is. No payout of such a seller
 * starts, so the money stays there.
 */
export function withPlaces(
  { seller, balances }: SellerFacts,
  currency: Currency,
  texts: readonly string[],
): string[] {
  const [last] = texts.slice(-1);
  const places = balances.find((one) => one.currency === currency)?.places;
  if (seller.status === 'active' || last === undefined || places === undefined) return [...texts];
  const all = [
    { amount: places.platform, where: withPlatform },
    { amount: places.account, where: there },
  ].filter(({ amount }) => amount > 0);
  if (all.length === 0) return [...texts];
  const isPlain = texts.length === 1 && all.length === 1;
  const said = all.map(({ amount, where }) => {
    return isPlain ? where : `${formatMoney(money(amount, currency))} ${where}`;
  });
  return [...texts.slice(0, -1), `${last} (${said.join(', ')})`];
}
