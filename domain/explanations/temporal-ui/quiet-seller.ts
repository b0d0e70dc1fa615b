import { sayDay } from '../../dates.ts';
import { formatMoney, money } from '../../money.ts';
import { sellerCommand } from '../../parking/commands.ts';
import {
  type ComingPayday,
  forecastsOf,
  type PaydayFacts,
  unorderedNow,
} from '../../paydays/coming.ts';
import { sayNotPaid } from '../../paydays/words.ts';
import type { Seller } from '../../sellers.ts';
import { bullet, sayAsOfSeller, sayRequest, toDetails } from './markdown.ts';
import { sayEnded, sayOrdered, type SellerOutlook } from './sellers.ts';
import { claimedOf, withPlaces } from './stopped-money.ts';

/** What the Temporal UI shows of a seller whom nothing keeps from being paid. Markdown. */
export function describeQuietSeller(
  seller: Seller,
  outlook: SellerOutlook,
  sayPaydayAt: (at: string) => string,
): string {
  const { sellerId, stripeAccount, country, currency, now } = seller;
  const { payouts, ended, aheadMs } = outlook;
  return toDetails([
    `**active**: ${sayNext(outlook)} ${sayAsOfSeller(now, aheadMs)}\n`,
    ...paydayLines(seller, outlook, sayPaydayAt).map(bullet),
    ...moneyLines(outlook).map(bullet),
    ...payouts.map(sayOrdered).map(bullet),
    ...ended.map(sayEnded).map(bullet),
    `- seller \`${sellerId}\`, ${country}, ${currency.toUpperCase()}, account \`${stripeAccount}\``,
    `- ${noDifference}`,
    `- ${refresh(sellerId)}`,
  ]);
}

/** Who must act. Only an order pays a seller without a schedule. */
function sayNext({ nextPayoutAt, fundsNow, schedule }: SellerOutlook): string {
  const funds = toFunds(fundsNow);
  // The engine orders money with a threshold once the money reaches the threshold.
  const isUnordered = funds.some(({ currency }) => {
    return schedule.thresholds[currency] === undefined && unorderedNow({ funds }, currency) > 0;
  });
  return nextPayoutAt === null && isUnordered
    ? 'money is payable, and no payout is ordered. **Must act: the platform.**'
    : 'nothing keeps this seller from being paid. **Must act: nobody.**';
}

/** True if the next payday leaves payable money unpaid, so that all facts say why. */
export function leavesMoney(seller: Seller, outlook: SellerOutlook): boolean {
  const { nextPayoutAt: at, fundsThen } = outlook;
  if (at === null) return false;
  const forecasts = forecastsOf(toFacts(seller, outlook), toFunds(fundsThen), at);
  return forecasts.some(({ wouldPay, reason }) => wouldPay > 0 && reason !== null);
}

/** Said if no discrepancy of the seller is open. */
export const noDifference = 'no difference from Stripe is known';

/** How to see the amounts of now, because earnings wake no workflow. */
export function refresh(sellerId: string): string {
  return `to refresh this text, send the signal \`lookAgain\` with the input \`["payouts"]\`, then press R; everything about the seller: \`GET /v1/sellers/${sellerId}/explain\``;
}

function paydayLines(
  seller: Seller,
  outlook: SellerOutlook,
  sayPaydayAt: (at: string) => string,
): string[] {
  const { nextPayoutAt: at } = outlook;
  if (at === null) {
    const order = sellerCommand(seller.sellerId, 'payouts', 'orders a payout of everything');
    return [`no payday, because the schedule is manual; ${sayRequest(order)}`];
  }
  return sayPayday(
    sayPaydayAt(at),
    forecastsOf(toFacts(seller, outlook), toFunds(outlook.fundsThen), at),
  );
}

/** What a payday pays in each currency, and why not. Markdown. */
export function sayPayday(at: string, forecasts: ComingPayday['forecasts']): string[] {
  const some = forecasts.filter(({ wouldPay }) => wouldPay > 0);
  if (some.length === 0) {
    // Such a payday passes without waking the workflow, so the text never calls it the next one.
    return [`nothing is payable for a payday yet; the first payday after this text is **${at}**`];
  }
  const when = `**payday ${at}**`;
  return some.map(({ currency, pays, wouldPay, reason }) => {
    if (reason === null) return `${when} pays **${formatMoney(money(pays, currency))}**`;
    return `${when} does not pay ${formatMoney(money(wouldPay, currency))}: ${sayNotPaid(reason)}`;
  });
}

/** How much is payable now and later, when, and where the money is. */
function moneyLines({ fundsNow, available }: SellerOutlook): string[] {
  const funds = toFunds(fundsNow);
  return funds.flatMap((own) => {
    const { currency, atPlatform, atAccount, notYetAvailable, orders } = own;
    const dates = available.find((one) => one.currency === currency);
    const now = unorderedNow({ funds }, currency);
    const laterAtAccount = dates?.laterAtAccount ?? 0;
    const later = notYetAvailable + laterAtAccount;
    const texts = [
      now > 0 && `${formatMoney(money(now, currency))} payable now and not ordered`,
      later > 0 &&
        `${formatMoney(money(later, currency))} payable later${dates ? sayWhen(dates) : ''}`,
    ].filter((part) => part !== false);
    const claimed = claimedOf(own);
    const places = {
      platform: atPlatform - claimed.platform,
      account: atAccount + laterAtAccount - claimed.account,
    };
    const since = orders.length === 0 ? (dates?.since ?? null) : null;
    return texts.length === 0 ? [] : [withPlaces(texts, { currency, places, since }).join(', ')];
  });
}

/** When money becomes payable: on one day, part by part, or nobody knows yet. */
function sayWhen({ first, last, isUndated }: SellerOutlook['available'][number]): string {
  if (first === null || last === null) return ', without a date yet';
  if (!isUndated && sayDay(first) === sayDay(last)) return `, on ${sayDay(first)}`;
  const rest = isUndated ? 'the rest without a date yet' : `the last on ${sayDay(last)}`;
  return `, the first part on ${sayDay(first)}, ${rest}`;
}

function toFacts({ now, status }: Seller, { schedule, fundsNow }: SellerOutlook): PaydayFacts {
  const operations = { moneyStopped: false };
  const seller = { status, schedule, pauses: [] };
  return { now, seller, operations, funds: toFunds(fundsNow), paydays: [] };
}

/** Nothing stops the payouts of a quiet seller. */
const nothingStops = {
  isBusy: false,
  isUnread: false,
  unordered: null,
  isBankPaused: false,
  isConverted: false,
  lacksBank: false,
  coolsUntil: null,
  isBehindParked: false,
};

function toFunds(funds: SellerOutlook['fundsNow']) {
  return funds.map((one) => ({ ...one, ...nothingStops }));
}
