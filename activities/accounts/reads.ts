import { heartbeat, log } from '@temporalio/activity';
import type { Stripe } from 'stripe';
import type { BankAccountFacts } from '../../db/accounts/bank-accounts.ts';
import { forgetAccount } from '../../db/accounts/parked.ts';
import {
  type AccountFacts,
  type AccountTerms,
  readBeforeAccount,
  recordAccountRead,
} from '../../db/accounts/reads.ts';
import { takeStaleAccounts } from '../../db/accounts/stale.ts';
import type { CapabilityDetail } from '../../domain/accounts/capabilities.ts';
import type { Requirement } from '../../domain/accounts/requirements.ts';
import type { SellerId, StripeAccountId } from '../../domain/ids.ts';
import { readMovements } from '../reconciliation/balance-transactions.ts';
import {
  isForbidden,
  isMissing,
  isRefusedRead,
  type MoneyDeps,
  readPages,
  readStripe,
  type StripeDeps,
} from '../stripe/call-once.ts';
import { actingFor } from '../stripe/client.ts';
import { noteFailedRead } from '../stripe/failed-reads.ts';

type AccountOf = {
  sellerId: SellerId;
  stripeAccount: StripeAccountId;
  /** Whether payouts were manual at the last read. */
  payoutsAreManual: boolean;
};

/**
 * The dependencies of an account read, with the hours for which a changed bank account gets no
 * payout.
 */
export type AccountDeps = MoneyDeps & { bankCoolingHours: number };

/** How many accounts one pass reads by default. */
const usualPass = 100;

/** The activity that reads accounts again, because their events may have been lost. */
export function createAccountWatchActivities(deps: AccountDeps & { accountsAPass?: number }) {
  return {
    /** Reads the stalest accounts and their balance transactions again. Returns how many. */
    async rereadAccounts({ olderThanMinutes }: { olderThanMinutes: number }): Promise<number> {
      const limit = deps.accountsAPass ?? usualPass;
      const stale = await takeStaleAccounts(deps.db, { limit, olderThanMinutes });
      for (const account of stale) {
        heartbeat();
        const { sellerId, isClosed } = account;
        if (!isClosed) await orLater(sellerId, () => readAccount(deps, account, true));
        await orLater(sellerId, () => readMovements(deps, sellerId));
      }
      return stale.length;
    },
  };
}

/** One unreadable account does not prevent the others. Its failed read is recorded. */
async function orLater(sellerId: SellerId, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    log.warn('account not read', { sellerId, error: error instanceof Error ? error.name : '' });
  }
}

/**
 * Reads an account from Stripe, and records its capabilities, requirements, bank accounts and
 * payout schedule.
 */
export async function readAccount(
  deps: AccountDeps,
  { sellerId, stripeAccount, payoutsAreManual }: AccountOf,
  wakesSeller = false,
): Promise<void> {
  const { askedAt, knowsTerms } = await readBeforeAccount(deps.db, sellerId);
  const account = { sellerId, stripeAccount, payoutsAreManual, knowsTerms };
  const read = await readFacts(deps, account).catch(async (error: unknown) => {
    if (isMissing(error) && (await forgetAccount(deps.db, account))) return undefined;
    await noteFailedRead(deps.db, { account: stripeAccount, what: 'account' }, error);
    // The account was disconnected or deleted, or this key may not read it: nothing can be paid out
    // there.
    const isGone = isForbidden(error) || isMissing(error);
    if (isGone) return { transfers: 'unreadable', payouts: 'unreadable', isUnread: true };
    throw error;
  });
  if (!read) return;
  const { bankCoolingHours } = deps;
  const facts = { ...read, account: stripeAccount, askedAt, bankCoolingHours };
  await recordAccountRead(deps.db, sellerId, facts, wakesSeller);
}

async function readFacts(
  deps: StripeDeps,
  { sellerId, stripeAccount, payoutsAreManual, knowsTerms }: AccountOf & { knowsTerms: boolean },
): Promise<Omit<AccountFacts, 'askedAt' | 'account' | 'bankCoolingHours'> | undefined> {
  const account = await readStripe(deps, 'GET /v2/core/accounts', () =>
    deps.stripe.v2.core.accounts.retrieve(stripeAccount, {
      include: ['configuration.recipient', 'requirements'],
    }),
  );
  const isAnothers = account.metadata !== undefined && account.metadata['seller_id'] !== sellerId;
  if (isAnothers && (await forgetAccount(deps.db, { sellerId, stripeAccount }))) return undefined;
  const balance = account.configuration?.recipient?.capabilities?.stripe_balance;
  // A capability that is active shows that the seller has accepted the agreement.
  const readsTerms = !knowsTerms && balance?.stripe_transfers?.status === 'active';
  return {
    ...(readsTerms && { terms: await readTerms(deps, stripeAccount) }),
    transfers: balance?.stripe_transfers?.status ?? 'absent',
    payouts: balance?.payouts?.status ?? 'absent',
    details: detailsOf(balance),
    requirements: requirementsOf(account),
    banks: await readBanks(deps, stripeAccount),
    // Somebody may have set payouts back to automatic in the Dashboard; Stripe would then pay out
    // in addition to us.
    ...(payoutsAreManual && { payoutsAreManual: await readIsManual(deps, stripeAccount) }),
  };
}

/**
 * Reads the account's country and service agreement, which only v1 shows. Undefined if the key may
 * not read them.
 */
async function readTerms(
  deps: StripeDeps,
  account: StripeAccountId,
): Promise<AccountTerms | undefined> {
  try {
    const { country, tos_acceptance: terms } = await readStripe(deps, 'GET /v1/accounts', () =>
      deps.stripe.accounts.retrieve(account),
    );
    const agreement = terms?.service_agreement === 'recipient' ? 'recipient' : 'full';
    return { country: country?.toUpperCase() ?? null, agreement };
  } catch (error) {
    if (isRefusedRead(error)) return undefined;
    throw error;
  }
}

type Capabilities = Stripe.V2.Core.Account.Configuration.Recipient.Capabilities['stripe_balance'];

function detailsOf(balance: Capabilities): CapabilityDetail[] {
  const of = { transfers: balance?.stripe_transfers, payouts: balance?.payouts };
  return (['transfers', 'payouts'] as const).flatMap((capability) => {
    const told = of[capability]?.status_details ?? [];
    return told.map(({ code, resolution }) => ({ capability, code, resolution }));
  });
}

function requirementsOf({ requirements }: Stripe.V2.Core.Account): Requirement[] {
  const first = requirements?.summary?.minimum_deadline;
  return (requirements?.entries ?? []).map((entry) => {
    const { status } = entry.minimum_deadline;
    const blocked = (entry.impact.restricts_capabilities ?? []).map((one) => one.capability);
    return {
      description: entry.description,
      mustAct: entry.awaiting_action_from === 'stripe' ? 'stripe' : 'seller',
      deadline: status,
      // Stripe dates only the most urgent requirements, in the summary.
      deadlineAt: (first?.status === status ? first.time : null) ?? null,
      blocks: [...new Set<string>(blocked)],
      errors: entry.errors.map(({ code }) => code),
    };
  });
}

/** Reads whether the account's payouts are manual, so that only the engine pays out the account. */
export async function readIsManual(deps: StripeDeps, account: StripeAccountId): Promise<boolean> {
  const { payments } = await readStripe(deps, 'GET /v1/balance_settings', () =>
    deps.stripe.balanceSettings.retrieve({}, actingFor(account)),
  );
  return payments.payouts?.schedule?.interval === 'manual';
}

/**
 * Reads the account's bank accounts. Undefined if Stripe does not list them; the account may be
 * active nevertheless.
 */
async function readBanks(
  deps: StripeDeps,
  account: StripeAccountId,
): Promise<BankAccountFacts[] | undefined> {
  try {
    const banks = await readPages(deps, 'GET /v1/accounts', (page) =>
      deps.stripe.accounts.listExternalAccounts(account, page),
    );
    return banks.flatMap(toBank);
  } catch (error) {
    if (isRefusedRead(error)) return undefined;
    throw error;
  }
}

/**
 * Converts a bank account from Stripe, or leaves it out if it has no currency and therefore gets no
 * payouts.
 */
function toBank(bank: Stripe.ExternalAccount): BankAccountFacts[] {
  if (!bank.currency) return [];
  const facts = {
    stripeId: bank.id,
    currency: bank.currency,
    fingerprint: bank.fingerprint ?? null,
    bankName: bank.object === 'bank_account' ? bank.bank_name : bank.brand,
    last4: bank.last4 ?? null,
    status: bank.status ?? 'new',
    isDefault: bank.default_for_currency ?? false,
  };
  return [facts];
}
