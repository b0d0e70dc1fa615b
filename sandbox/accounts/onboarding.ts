import { createHash } from 'node:crypto';
import type { World } from '../core/world.ts';
import type { AccountRecord } from '../store/records.ts';
import { placeOf } from './addresses.ts';
import { changeAccount } from './change.ts';
import { addBankAccount } from './external-accounts.ts';
import { bankAccountsOf, countryOf, readAccount } from './record.ts';
import { merge } from './v2-shapes.ts';

/**
 * The data that a seller enters on the hosted page. The defaults are Stripe's test values that
 * succeed immediately.
 */
export type Entered = {
  givenName?: string | undefined;
  surname?: string | undefined;
  /** `YYYY-MM-DD`. */
  birthDate?: string | undefined;
  idNumber?: string | undefined;
  line1?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  postalCode?: string | undefined;
  accountNumber?: string | undefined;
  routingNumber?: string | undefined;
  iban?: string | undefined;
  country?: string | undefined;
  currency?: string | undefined;
  /**
   * The legacy `recipient` agreement allows every cross-border route, and delays transfers by a
   * day.
   */
  serviceAgreement?: 'full' | 'recipient' | undefined;
};

const testNumbers: Record<string, string> = {
  US: '000123456789',
  CH: 'CH9300762011623852957',
  FR: 'FR1420041010050500013M02606',
  DE: 'DE89370400440532013000',
};

/** The number that a seller enters unless it is given: every account has another one. */
function ownNumber(account: string, country: string): string {
  const hash = createHash('sha256').update(account).digest().readUInt32BE() % 100_000_000;
  return (testNumbers[country] ?? '000123456789').slice(0, -8) + String(hash).padStart(8, '0');
}

/**
 * Completes onboarding as a seller does on the hosted page: identity, terms of service and a bank
 * account.
 */
export function completeOnboarding(w: World, id: string, entered: Entered): AccountRecord {
  const account = readAccount(w, id);
  const country = (entered.country ?? countryOf(account)).toUpperCase();
  const number = entered.accountNumber ?? entered.iban ?? ownNumber(id, country);
  if (bankAccountsOf(w, id).every((bank) => bank.internal.number !== number)) {
    addBankAccount(
      w,
      id,
      {
        country,
        currency: entered.currency ?? account.defaults.currency,
        account_number: number,
        routing_number: entered.routingNumber ?? (country === 'US' ? '110000000' : undefined),
        account_holder_name: `${entered.givenName ?? 'Jenny'} ${entered.surname ?? 'Rosen'}`,
      },
      true,
    );
  }
  return changeAccount(w, id, (draft) => {
    draft.internal.serviceAgreement = entered.serviceAgreement ?? draft.internal.serviceAgreement;
    draft.internal.demands = [];
    draft.identity = merge(draft.identity, identityFrom(w, draft, entered));
  });
}

function identityFrom(w: World, account: AccountRecord, entered: Entered) {
  const [year, month, day] = (entered.birthDate ?? '1902-01-01').split('-').map(Number);
  const terms = { date: new Date(w.clock.now()).toISOString(), ip: '127.0.0.1' };
  const place = placeOf(countryOf(account));
  const state = entered.state ?? place.state;
  const address = {
    city: entered.city ?? place.city,
    country: countryOf(account).toLowerCase(),
    line1: entered.line1 ?? 'address_full_match',
    postal_code: entered.postalCode ?? place.postalCode,
    ...(state !== undefined && { state }),
  };
  const numbers = [{ type: 'us_ssn', value: entered.idNumber ?? '222222222' }];
  const attestations = { terms_of_service: { account: terms } };
  if ((account.identity['entity_type'] ?? 'individual') !== 'individual') {
    const registered = entered.surname ?? account.display_name ?? 'Sandbox Company';
    return {
      attestations,
      business_details: { registered_name: registered, address, id_numbers: numbers },
    };
  }
  return {
    attestations,
    individual: {
      given_name: entered.givenName ?? 'Jenny',
      surname: entered.surname ?? 'Rosen',
      date_of_birth: { day: day ?? 1, month: month ?? 1, year: year ?? 1902 },
      address,
      id_numbers: numbers,
    },
  };
}
