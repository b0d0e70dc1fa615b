import {
  type BankAccountRecord,
  coolingBank,
  defaultBanks,
  failureOfBank,
  isConverted,
  lacksBank,
  pausedBank,
} from '../accounts/bank.ts';
import { failureOf } from '../accounts/failures.ts';
import { sayInstant } from '../dates.ts';
import { because, command, onboardingLink, sellerCommand } from '../parking/commands.ts';
import { waitNames } from '../waits.ts';
import type { SellerBeside } from './facts.ts';
import { wait, type Waiting } from './waiting.ts';

/** The seller's current bank accounts, without any part of their numbers. */
export function explainBanks({ banks }: SellerBeside) {
  return banks
    .filter(({ goneAt }) => goneAt === null)
    .map((bank) => {
      const { id, currency, bankName, last4, isDefault, sharedWith } = bank;
      const { pausedAt, failureCode: code } = bank;
      const { forSeller, forOperator } = failureOf(code);
      const paused = pausedAt === null ? null : { since: pausedAt, code, forSeller, forOperator };
      const failure = failureOfBank(bank);
      return { id, currency, bankName, last4, isDefault, paused, failure, sharedWith };
    });
}

/** Why nothing is sent to the seller's bank accounts in these currencies. */
export function bankWaits(
  seller: SellerBeside,
  currencies: readonly string[],
  now: string,
): Waiting[] {
  const { banks, currency: home, listsBanks } = seller;
  const isRead = seller.accountReadAt !== null;
  return currencies.flatMap((currency) => {
    const paused = pausedBank(banks, currency);
    const cooling = coolingBank(banks, currency, now);
    const rivals = defaultBanks(banks, currency);
    const isMissing = lacksBank(banks, { currency, listsBanks });
    const converts = isRead && isConverted(banks, { currency, home });
    return [
      ...(paused ? [bankWait(seller, paused)] : []),
      ...(rivals.length > 1 ? [rivalsWait(seller, currency, rivals)] : []),
      ...(converts || (isMissing && rivals.length === 0)
        ? [noBankWait(seller, currency, converts)]
        : []),
      ...(cooling ? [coolingWait(seller, cooling)] : []),
    ];
  });
}

/** Gives the seller time to notice that somebody stole the login and changed the bank account. */
function coolingWait({ id }: SellerBeside, bank: BankAccountRecord): Waiting {
  const { coolsUntil, firstSeenAt: since } = bank;
  const currency = bank.currency.toUpperCase();
  const end = coolsUntil === null ? 'the cooling period is over' : sayInstant(coolsUntil);
  const reason = bank.asksPerson
    ? `The seller’s bank account for ${currency} was changed to an account number that another seller already used. One person may have entered it with several stolen logins. Nothing is sent there until a person waives the cooling period, or until ${end}.${sayShared(bank)}`
    : `The seller’s bank account for ${currency} was changed. Nothing is sent there until ${end}`;
  const lifted = bank.asksPerson
    ? afterLook
    : 'Time, or a person who knows that the seller changed the bank account';
  const when = 'The seller confirmed the change, asked through a contact that was known before';
  const waive = `bank-accounts/${bank.id}/waive-cooling`;
  const commands = [sellerCommand(id, waive, when, { reason: '...' })];
  const actor = bank.asksPerson ? 'operator' : 'engine';
  return wait(waitNames.coolingPeriod, actor, reason, lifted, {
    since,
    lookAgainAt: coolsUntil,
    commands,
  });
}

/** What ends the wait for a person who looks at a number that several sellers use. */
export const afterLook =
  'A person who knows that the seller changed the bank account, or the end of the cooling period';

/** The other sellers with the same account number, for operators. Empty if there are none. */
function sayShared({ sharedWith: { count, first } }: BankAccountRecord): string {
  if (count === 0) return '';
  const more = count > first.length ? ' and others' : '';
  return ` ${count} other ${count === 1 ? 'seller uses' : 'sellers use'} this account number: ${first.join(', ')}${more}`;
}

/**
 * No bank account takes the currency. In a foreign currency, Stripe would convert the money, at a
 * rate that nobody agreed to.
 */
function noBankWait(
  { id, currency: home, banks }: SellerBeside,
  currency: string,
  converts: boolean,
): Waiting {
  const other = banks.find(({ isDefault, goneAt }) => isDefault && goneAt === null)?.currency;
  const [money, own] = [currency.toUpperCase(), home.toUpperCase()];
  const why = converts
    ? `because Stripe would convert the money to ${own}`
    : 'because no payout could follow';
  const reason = `The seller has no bank account for ${money}. Nothing in ${money} is sent to the seller’s account, ${why}`;
  const lifted = `Entering a bank account for ${money}, on Stripe’s pages or in Stripe’s components${other === undefined ? '' : `, or owing the money in ${other.toUpperCase()}`}`;
  const commands = [
    onboardingLink(
      id,
      'The seller enters a bank account on Stripe’s page: send the seller to the returned URL',
    ),
    sellerCommand(
      id,
      'account-session',
      'The seller enters a bank account in Stripe’s component account_management',
    ),
    ...(other === undefined ? [] : [oweIn(other)]),
  ];
  const forSeller = `You have no bank account for ${money} yet. Please add one in your payout settings.`;
  return wait('bank-account', 'seller', reason, lifted, { commands, forSeller });
}

/** The way out if the seller keeps to another currency, such as after a country changed its own. */
function oweIn(currency: string) {
  const other = currency.toUpperCase();
  const when = `The seller keeps the bank account for ${other}, and the money is still with the platform: withdraw each earning, and record in ${other} what it is worth`;
  return command('earnings/earn_.../withdraw', when, because);
}

/** Stripe names several bank accounts as the default, so nobody knows which one it would pay. */
function rivalsWait(
  { id }: SellerBeside,
  currency: string,
  rivals: readonly BankAccountRecord[],
): Waiting {
  const money = currency.toUpperCase();
  const names = rivals.map((bank) => bank.id).join(' and ');
  const reason = `Stripe names several bank accounts as the default for ${money}: ${names}. Nothing in ${money} is sent until Stripe names one, because nobody knows which one it would pay`;
  const lifted = 'Choosing one of them, in Stripe’s component account_management or at Stripe';
  const when = 'The seller chooses a bank account in Stripe’s component account_management';
  const commands = [sellerCommand(id, 'account-session', when)];
  const forSeller = `Several of your bank accounts are marked as the one for ${money}. Please choose one in your payout settings.`;
  return wait('bank-account', 'seller', reason, lifted, { commands, forSeller });
}

function bankWait({ id }: SellerBeside, bank: BankAccountRecord): Waiting {
  const { next, forOperator, forSeller } = failureOf(bank.failureCode);
  const shared = bank.sharedWith.count > 0 ? `.${sayShared(bank)}` : '';
  const reason = `Nothing is sent to the seller’s bank account for ${bank.currency.toUpperCase()}: ${forOperator}${shared}`;
  const lifted =
    'Entering another bank account, on Stripe’s pages or in Stripe’s components, or resuming this one. Money that came back is then paid again automatically; other money still needs a payday or an order';
  const again = `bank-accounts/${bank.id}/resume`;
  const commands = [
    onboardingLink(
      id,
      'The seller enters another bank account on Stripe’s page: send the seller to the returned URL',
    ),
    sellerCommand(
      id,
      'account-session',
      'The seller enters another bank account in Stripe’s component account_management',
    ),
    sellerCommand(
      id,
      again,
      'The seller or the bank solved the problem with this bank account. The account number is resumed for every seller who uses it',
    ),
  ];
  const actor = next === 'operator' ? 'operator' : 'seller';
  return wait('bank-account', actor, reason, lifted, { since: bank.pausedAt, commands, forSeller });
}
