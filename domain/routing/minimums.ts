import { decimalsOf, leastPayout, money, type Money } from '../money.ts';
import type { Source } from './corridors.ts';
import { usualCurrency } from './currencies.ts';

/** The smallest payout by country, in the main unit of the currency in which the country is paid. */
export type MinimumTable = Source & { byCountry: ReadonlyMap<string, string> };

/** The smallest payout from an account to its bank. */
export const payoutMinimums: MinimumTable = {
  source: 'docs.stripe.com/payouts',
  checkedOn: '2026-08-10',
  byCountry: read(`0.01 AU BR CA CR DO HK ID NZ PE TH TT US UY|
    1 AT BE BG HR CY EE FI FR DE GR IE IT LV LT LU MT NL PT SK SI ES GB GI GT IN JP SG CI SN|
    2 AE PH|5 CH LI MY PL RO|10 MX|20 DK NO SE|30 CZ|360 HU|81125 VN`),
};

/**
 * The smallest payout, after conversion, from an account under the recipient agreement. If
 * `payoutMinimums` asks for more, that counts.
 */
export const recipientMinimums: MinimumTable = {
  source:
    'docs.stripe.com/connect/cross-border-payouts/special-requirements, as copied by github.com/antiwork/gumroad (app/models/country.rb)',
  checkedOn: '2026-11-30',
  byCountry: read(`0 AU CA CR EC IL MA PE TN TT UY|5 TR|10 MX|20 BD EG PH|30 SV|50 AZ BA PA|
    100 GA RW ZA|133 MY|200 BO|210 PY|500 MD|550 NA|600 TH|800 TW TZ|1500 MK|1700 MZ|
    2500 BT|3000 AL RS|4600 AR|6300 GY|12100 AM|23000 AO CL|40000 KR|81125 VN|105000 MN|
    123000 KH|132300 MG|140000 CO|343000 UZ|516000 LA`),
};

/**
 * The smallest amount that Stripe pays out in a country, in the currency of the country. A country
 * that no table names has the smallest amount of its currency.
 */
export function leastInCountry(country: string, isRecipient: boolean): Money {
  const currency = usualCurrency(country);
  const inMinor = (main: string): number => Math.round(Number(main) * 10 ** decimalsOf(currency));
  const given = payoutMinimums.byCountry.get(country);
  const regular = given === undefined ? leastPayout(currency) : inMinor(given);
  if (!isRecipient) return money(regular, currency);
  const recipient = inMinor(recipientMinimums.byCountry.get(country) ?? '1');
  return money(Math.max(regular, recipient), currency);
}

function read(table: string): ReadonlyMap<string, string> {
  return new Map(
    table.split('|').flatMap((line) => {
      const [least = '', ...countries] = line.trim().split(/\s+/);
      return countries.map((country) => [country, least] as const);
    }),
  );
}
