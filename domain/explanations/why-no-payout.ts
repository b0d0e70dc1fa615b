import { isConverted, lacksBank, pausedBank } from '../accounts/bank.ts';
import { formatMoney, money } from '../money.ts';
import { sellerCommand } from '../parking/commands.ts';
import { comingPayday, unorderedNow } from '../paydays/coming.ts';
import { reachesThreshold } from '../paydays/schedule.ts';
import type { SellerFacts } from './facts.ts';
import { type SayInstant, wait, type Waiting } from './waiting.ts';

/** Why no payout is under way although the seller could be paid. */
export function moneyWaits(facts: SellerFacts, sayInstant: SayInstant): Waiting[] {
  const { seller, balances } = facts;
  if (seller.status === 'closed') return [];
  if (balances.length === 0) {
    return [
      wait('nothing-earned', 'platform', 'The seller has earned nothing yet', 'A first earning'),
    ];
  }
  return balances.flatMap(({ currency, notYetAvailable, places }) => {
    if (places.account < 0) {
      const reason = `The account’s balance is below zero: ${formatMoney(money(places.account, currency))}`;
      return [
        wait(
          'account-negative',
          'platform',
          reason,
          'Earnings that cover the missing amount, or a refund',
        ),
      ];
    }
    const unordered = unorderedNow(facts, currency);
    // Support is not told to order a payout while the bank account takes none: the order would wait.
    // Money that came back is paid automatically once the seller has another bank account.
    const isStuck = seller.schedule.interval === 'manual' && takesNone(seller, currency);
    return [
      ...(unordered > 0 && !isStuck
        ? [payableWait(facts, { currency, payable: unordered }, sayInstant)]
        : []),
      ...(notYetAvailable > 0 ? [laterWait(facts, currency, notYetAvailable)] : []),
    ];
  });
}

/** True while the seller's bank account is paused or missing, or Stripe would convert the money. */
function takesNone(
  { banks, currency: home, listsBanks }: SellerFacts['seller'],
  currency: string,
): boolean {
  return (
    pausedBank(banks, currency) !== undefined ||
    isConverted(banks, { currency, home }) ||
    lacksBank(banks, { currency, listsBanks })
  );
}

/** Money is payable but not ordered: either the platform or the schedule must order a payout. */
function payableWait(
  facts: SellerFacts,
  { currency, payable }: { currency: string; payable: number },
  sayInstant: SayInstant,
): Waiting {
  const { id, schedule } = facts.seller;
  const amount = formatMoney(money(payable, currency));
  const commands = [sellerCommand(id, 'payouts', 'The money should be paid now', { currency })];
  const threshold = schedule.thresholds[currency];
  if (reachesThreshold(schedule, { amount: payable, currency })) {
    const reason = `${amount} is payable, reaches the threshold and is paid at once`;
    return wait('threshold', 'engine', reason, 'The seller’s workflow, as soon as possible');
  }
  if (schedule.interval !== 'manual')
    return paydayWait(facts, { currency, amount, commands }, sayInstant);
  if (threshold !== undefined) {
    const reason = `${amount} is payable, which is less than the threshold of ${formatMoney(money(threshold, currency))}`;
    return wait('threshold', 'platform', reason, 'More earnings, or ordering a payout', {
      commands,
    });
  }
  const reason = `${amount} is payable, but no payout is ordered`;
  return wait('no-payout', 'platform', reason, 'Ordering a payout', { commands });
}

/**
 * Money that waits for a payday: why that payday does not pay it (below the minimum, after the
 * cut-off, or stopped), or when it does.
 */
function paydayWait(
  facts: SellerFacts,
  { currency, amount, commands }: Pick<Waiting, 'commands'> & { currency: string; amount: string },
  sayInstant: SayInstant,
): Waiting {
  const { schedule } = facts.seller;
  const payday = comingPayday(facts);
  const at = payday?.at ?? null;
  const when =
    at === null ? 'the next payday' : `the payday of ${sayInstant(at, schedule.timeZone)}`;
  const forecast = payday?.forecasts.find((one) => one.currency === currency);
  const more = { commands, lookAgainAt: payday?.isKept ? null : at };
  const lifted = 'Time, or ordering a payout earlier';
  if (forecast?.reason === 'below-minimum') {
    const minimum = formatMoney(money(schedule.minimums[currency] ?? 0, currency));
    const reason = `${amount} is payable, which is less than the minimum of ${minimum}: ${when} does not pay it`;
    return wait('below-minimum', 'platform', reason, 'More earnings, or ordering a payout', more);
  }
  if (forecast === undefined || forecast.reason === 'nothing-payable') {
    const reason = `${amount} is payable, but arrived after the cut-off of ${when}: the following payday pays it`;
    return wait('payday', 'engine', reason, lifted, more);
  }
  const reason = `${amount} is payable and waits for ${when}`;
  if (forecast.reason === null) return wait('payday', 'engine', reason, lifted, more);
  const stopped = `${reason}, but as of now this payday does not pay it`;
  return wait('payday', 'engine', stopped, 'Time, and the end of what stops the payment', {
    lookAgainAt: more.lookAgainAt,
  });
}

function laterWait(facts: SellerFacts, currency: string, later: number): Waiting {
  const amount = formatMoney(money(later, currency));
  const at = facts.upcoming.find((one) => one.currency === currency)?.at ?? null;
  const reason = `${amount} is earned, but not payable yet`;
  const lifted = at ? 'Time' : 'The charge, once it shows when the money is available';
  return wait('not-yet-available', 'stripe', reason, lifted, { lookAgainAt: at });
}
