import { createHash } from 'node:crypto';
import { lookAtPayouts } from '../books/balance.ts';
import { currencyOfCountry } from '../books/countries.ts';
import { invalid, refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { isObject } from '../core/json.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { anything, type Field, flag, oneOf, readParams, text, unsettable } from '../core/params.ts';
import type { World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { platform } from '../http/routes.ts';
import { conditions, listAnswer, pagination, readPage, where } from '../store/lists.ts';
import { changedFrom, insertRecord, readRecord, saveRecord, view } from '../store/objects.ts';
import type { BankAccount } from '../store/records.ts';
import { changeAccount } from './change.ts';
import { bankAccountsOf, readAccount } from './record.ts';

/** The fields of a bank account. */
export type BankDetails = {
  country: string;
  currency?: string | undefined;
  account_number: string;
  routing_number?: string | undefined;
  account_holder_name?: string | undefined;
  account_holder_type?: string | undefined;
};

const tokens: Record<string, BankDetails> = {
  btok_us: { country: 'US', account_number: '000123456789', routing_number: '110000000' },
  btok_us_verified: { country: 'US', account_number: '000123456789', routing_number: '110000000' },
};

const base = '/v1/accounts/:id/external_accounts';

/** `/v1/accounts/:id/external_accounts`. */
export const externalAccountRoutes = [
  platform(
    `POST ${base}`,
    { external_account: bankSource(), default_for_currency: flag(), metadata: metadata() },
    ({ w, id }, params) => {
      readAccount(w, id);
      if (!params.external_account) {
        throw invalid('Missing required param: external_account.', {
          code: 'parameter_missing',
          param: 'external_account',
        });
      }
      const bank = addBankAccount(w, id, params.external_account, params.default_for_currency);
      bank.metadata = mergeMetadata({}, params.metadata);
      saveRecord(w, bank);
      return view(bank);
    },
  ),
  platform(
    `GET ${base}`,
    { ...pagination, object: oneOf('bank_account', 'card') },
    ({ w, id }, params) => {
      readAccount(w, id);
      const c = conditions();
      where(c, 'kind', 'bank_account');
      where(c, 'account', id);
      where(c, "json_extract(body, '$.internal.deleted')", 0);
      // The sandbox has no cards, so a list of cards is empty.
      if (params.object === 'card') c.sql.push('0');
      const { rows, hasMore } = readPage(w, 'objects', c, params);
      const data = rows.map((row) => view(JSON.parse(String(row['body'])) as BankAccount));
      return listAnswer(base.replace(':id', id), data, hasMore);
    },
  ),
  platform(`GET ${base}/:bank`, {}, ({ w, id, id2 }) => view(readBank(w, id, id2))),
  platform(
    `POST ${base}/:bank`,
    {
      account_holder_name: unsettable(text()),
      account_holder_type: unsettable(text()),
      account_type: text(),
      default_for_currency: flag(),
      documents: anything(),
      metadata: metadata(),
    },
    ({ w, id, id2 }, params) => {
      const before = readBank(w, id, id2);
      // Even an empty update makes an errored bank account accept payouts again.
      const after: BankAccount = { ...before, status: 'new' };
      if (params.account_holder_name !== undefined)
        after.account_holder_name = params.account_holder_name;
      if (params.account_holder_type !== undefined)
        after.account_holder_type = params.account_holder_type;
      if (params.account_type !== undefined) after.account_type = params.account_type;
      if (params.default_for_currency) makeDefault(w, after);
      after.metadata = mergeMetadata(before.metadata, params.metadata);
      return view(changeBank(w, before, after));
    },
  ),
  platform(`DELETE ${base}/:bank`, {}, ({ w, id, id2 }) => {
    const bank = readBank(w, id, id2);
    const others = bankAccountsOf(w, id).filter((other) => other.id !== bank.id);
    if (bank.default_for_currency && others.some((other) => other.currency === bank.currency)) {
      throw refusal(
        'You cannot delete the default external account for your default currency. Please make ' +
          'another external account the default using the `default_for_currency` param, and then ' +
          'delete this one.',
      );
    }
    saveRecord(w, { ...bank, internal: { ...bank.internal, deleted: true } });
    emit(w, 'account.external_account.deleted', id, view(bank));
    changeAccount(w, id, () => undefined);
    return { id: bank.id, object: 'bank_account', currency: bank.currency, deleted: true };
  }),
];

/** The most bank accounts of one currency (docs.stripe.com/connect/payouts-bank-accounts). */
const mostPerCurrency = 5;

function tooManyBanks(currency: string) {
  return refusal(
    `You can add at most ${mostPerCurrency} external accounts in ${currency}. Delete one first.`,
    { param: 'external_account' },
  );
}

/** Adds a bank account. The first bank account of a currency becomes its default. */
export function addBankAccount(
  w: World,
  accountId: string,
  details: BankDetails,
  asDefault = false,
): BankAccount {
  const country = details.country.toUpperCase();
  const currency = (details.currency ?? currencyOfCountry(country)).toLowerCase();
  refuseBadRouting(country, details);
  const inCurrency = bankAccountsOf(w, accountId).filter((bank) => bank.currency === currency);
  if (inCurrency.length >= mostPerCurrency) throw tooManyBanks(currency);
  const number = details.account_number.replaceAll(' ', '');
  const first = inCurrency.length === 0;
  const bank: BankAccount = {
    id: newId('ba'),
    object: 'bank_account',
    account: accountId,
    account_holder_name: details.account_holder_name ?? null,
    account_holder_type: details.account_holder_type ?? null,
    account_type: null,
    available_payout_methods: number === '000888888883' ? ['standard'] : ['standard', 'instant'],
    bank_name: 'STRIPE TEST BANK',
    country,
    currency,
    default_for_currency: first || asDefault,
    fingerprint: fingerprintOf(country, details.routing_number ?? '', number),
    last4: number.slice(-4),
    metadata: {},
    routing_number: details.routing_number ?? null,
    status: 'new',
    internal: { number, deleted: false },
  };
  if (bank.default_for_currency) makeDefault(w, bank);
  insertRecord(w, 'bank_account', accountId, bank);
  emit(w, 'account.external_account.created', accountId, view(bank));
  changeAccount(w, accountId, () => undefined);
  lookAtPayouts(w, accountId);
  return bank;
}

/** Stores a changed bank account and emits an event about it. */
export function changeBank(w: World, before: BankAccount, after: BankAccount): BankAccount {
  saveRecord(w, after);
  emit(
    w,
    'account.external_account.updated',
    after.account,
    view(after),
    changedFrom(before, after),
  );
  // Automatic payouts to this bank account may be possible again.
  if (after.status === 'new') lookAtPayouts(w, after.account);
  return after;
}

function readBank(w: World, accountId: string, id: string): BankAccount {
  readAccount(w, accountId);
  const bank = readRecord(w, 'bank_account', id, accountId);
  if (!bank.internal.deleted) return bank;
  throw refusal(`The bank account ${id} has been deleted and can no longer be used.`);
}

function makeDefault(w: World, bank: BankAccount): void {
  for (const other of bankAccountsOf(w, bank.account)) {
    if (other.id === bank.id || other.currency !== bank.currency || !other.default_for_currency)
      continue;
    saveRecord(w, { ...other, default_for_currency: false });
  }
  bank.default_for_currency = true;
}

function refuseBadRouting(country: string, { routing_number: routing }: BankDetails): void {
  if (country !== 'US' || /^\d{9}$/.test(routing ?? '')) return;
  throw invalid(`Invalid US routing number: ${routing ?? ''}`, {
    code: 'routing_number_invalid',
    param: 'external_account[routing_number]',
  });
}

function fingerprintOf(...parts: string[]): string {
  return createHash('sha256')
    .update(parts.join('|'))
    .digest('base64url')
    .replaceAll(/[-_]/g, '')
    .slice(0, 16);
}

function bankSource(): Field<BankDetails | undefined> {
  const shape = {
    object: oneOf('bank_account'),
    country: text(),
    currency: text(),
    account_number: text(),
    routing_number: text(),
    account_holder_name: text(),
    account_holder_type: text(),
  };
  return {
    read(value, name) {
      if (!isObject(value)) {
        const token = tokens[String(value)];
        if (token) return token;
        throw refusal(`No such token: '${String(value)}'`, {
          code: 'resource_missing',
          param: name,
        });
      }
      const { country, account_number, ...rest } = readParams(shape, value, name);
      if (country && account_number) return { ...rest, country, account_number };
      const param = `${name}[${country ? 'account_number' : 'country'}]`;
      throw invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
    },
  };
}
