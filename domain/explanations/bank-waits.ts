import {
  type BankAccountRecord,
  coolingBank,
  failureOfBank,
  isConverted,
  pausedBank,
} from '../accounts/bank.ts';
import { failureOf } from '../accounts/failures.ts';
import { onboardingLink, sellerCommand } from '../parking/commands.ts';
import { waitNames } from '../waits.ts';
import type { SellerBeside } from './facts.ts';
import { wait, type Waiting } from './waiting.ts';

/** Where a seller is paid to now: never a number, nor what tells one from another. */
export function explainBanks({ banks }: SellerBeside) {
  return banks
    .filter(({ goneAt }) => goneAt === null)
    .map((bank) => {
      const { id, currency, isDefault, pausedAt, failureCode: code } = bank;
      const { forSeller, forOperator } = failureOf(code);
      const paused = pausedAt === null ? null : { since: pausedAt, code, forSeller, forOperator };
      return { id, currency, isDefault, paused, failure: failureOfBank(bank) };
    });
}

/** Why nothing is sent to the seller's bank in these currencies. */
export function bankWaits(
  seller: SellerBeside,
  currencies: readonly string[],
  now: string,
): Waiting[] {
  const { banks, currency: home } = seller;
  const isRead = seller.accountReadAt !== null;
  return currencies.flatMap((currency) => {
    const paused = pausedBank(banks, currency);
    const cooling = coolingBank(banks, currency, now);
    return [
      ...(paused ? [bankWait(seller, paused)] : []),
      ...(isRead && isConverted(banks, { currency, home }) ? [noBankWait(seller, currency)] : []),
      ...(cooling ? [coolingWait(seller, cooling)] : []),
    ];
  });
}

/** Who takes a seller's login over changes the bank account first: time for the seller to notice. */
function coolingWait({ id }: SellerBeside, bank: BankAccountRecord): Waiting {
  const { coolsUntil, firstSeenAt: since } = bank;
  const currency = bank.currency.toUpperCase();
  const reason = `Its bank account for ${currency} was changed; nothing is sent there until ${coolsUntil}`;
  const lifted = 'Time, or a person who knows that the seller changed it';
  const when = 'The seller was asked on a way known before, and did change it';
  const waive = `bank-accounts/${bank.id}/waive-cooling`;
  const commands = [sellerCommand(id, waive, when, { reason: '...' })];
  return wait(waitNames.coolingPeriod, 'engine', reason, lifted, {
    since,
    lookAgainAt: coolsUntil,
    commands,
  });
}

/** Stripe would convert what arrives there, at a rate that nobody agreed to. */
function noBankWait({ id, currency: home }: SellerBeside, currency: string): Waiting {
  const [money, own] = [currency.toUpperCase(), home.toUpperCase()];
  const reason = `Nothing in ${money} is sent to its account, which holds ${own}: it has no bank account for ${money}, and Stripe would convert the money`;
  const lifted = `A bank account for ${money}, entered on Stripe’s pages or in its components`;
  const commands = [
    onboardingLink(id, 'The seller enters one on Stripe’s page: send it to the answered url'),
    sellerCommand(id, 'account-session', 'The seller enters one, in account_management'),
  ];
  return wait('bank-account', 'seller', reason, lifted, { commands });
}

function bankWait({ id }: SellerBeside, bank: BankAccountRecord): Waiting {
  const { next, forOperator } = failureOf(bank.failureCode);
  const reason = `Nothing is sent to its bank account for ${bank.currency.toUpperCase()}: ${forOperator}`;
  const lifted =
    'Another bank account, entered on Stripe’s pages or in its components, or resuming this one; what came back is then paid anew by itself';
  const again = `bank-accounts/${bank.id}/resume`;
  const commands = [
    onboardingLink(id, 'The seller enters another on Stripe’s page: send it to the answered url'),
    sellerCommand(id, 'account-session', 'The seller enters another, in account_management'),
    sellerCommand(id, again, 'The seller or its bank put this one right'),
  ];
  const actor = next === 'operator' ? 'operator' : 'seller';
  return wait('bank-account', actor, reason, lifted, { since: bank.pausedAt, commands });
}
