import { missing } from '../core/errors.ts';
import { textOf } from '../core/json.ts';
import { platformId, type World } from '../core/world.ts';
import { allRecords, findRecord, insertRecord, saveRecord } from '../store/objects.ts';
import type { AccountRecord, BalanceSettings, BankAccount, Capability } from '../store/records.ts';

/** The schedule of a new connected account: Stripe pays it out automatically every day. */
export const newAccountSettings: BalanceSettings = {
  debit_negative_balances: false,
  interval: 'daily',
  weekly_payout_days: [],
  monthly_payout_days: [],
  statement_descriptor: null,
  minimum_balance_by_currency: null,
  delay_days_override: null,
  start_of_day: null,
};

/** An active capability. */
export const active: Capability = { status: 'active', status_details: [] };

/** Finds an account by id. */
export function findAccount(w: World, id: string): AccountRecord | undefined {
  return findRecord(w, 'account', id);
}

/** Reads an account. Throws Stripe's error if it does not exist. */
export function readAccount(w: World, id: string): AccountRecord {
  const account = findAccount(w, id);
  if (!account) throw missing('account', id);
  return account;
}

/** The country of an account in upper case. */
export function countryOf(account: AccountRecord): string {
  return (textOf(account.identity['country']) || 'us').toUpperCase();
}

/** The bank accounts of an account that have not been deleted. */
export function bankAccountsOf(w: World, account: string): BankAccount[] {
  return allRecords(w, 'bank_account', account).filter((bank) => !bank.internal.deleted);
}

/** Creates the platform's own account and bank account if they do not exist. */
export function seedPlatform(w: World): void {
  if (findAccount(w, platformId)) return;
  const created = new Date(w.clock.now()).toISOString();
  insertRecord(w, 'account', platformId, {
    id: platformId,
    created,
    contact_email: 'platform@example.com',
    display_name: 'Sandbox platform',
    dashboard: 'full',
    metadata: {},
    closed: false,
    identity: { country: 'us', entity_type: 'company' },
    defaults: { currency: 'usd', responsibilities: {} },
    internal: {
      recipient: false,
      transfersRequested: false,
      stripeTransfers: active,
      payouts: active,
      entries: [],
      reviewing: false,
      deauthorized: false,
      rejected: false,
      payoutsPaused: false,
      serviceAgreement: 'full',
      settings: { ...newAccountSettings, interval: 'manual' },
    },
  });
  insertRecord(w, 'bank_account', platformId, platformBank);
}

/** Stores a changed account without an event. `changeAccount` also emits the events. */
export function storeAccount(w: World, account: AccountRecord): void {
  saveRecord(w, account);
}

const platformBank: BankAccount = {
  id: 'ba_sandboxplatform',
  object: 'bank_account',
  account: platformId,
  account_holder_name: 'Sandbox platform',
  account_holder_type: 'company',
  account_type: null,
  available_payout_methods: ['standard'],
  bank_name: 'STRIPE TEST BANK',
  country: 'US',
  currency: 'usd',
  default_for_currency: true,
  fingerprint: 'platformBankAccount',
  last4: '6789',
  metadata: {},
  routing_number: '110000000',
  status: 'new',
  internal: { number: '000123456789', deleted: false },
};
