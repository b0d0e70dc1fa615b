const eea =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE'.split(
    ' ',
  );

const currencies: Record<string, string> = {
  US: 'usd',
  GB: 'gbp',
  GI: 'gbp',
  CA: 'cad',
  CH: 'chf',
  LI: 'chf',
  AU: 'aud',
  NZ: 'nzd',
  JP: 'jpy',
  HK: 'hkd',
  SG: 'sgd',
  CZ: 'czk',
  DK: 'dkk',
  HU: 'huf',
  NO: 'nok',
  PL: 'pln',
  RO: 'ron',
  SE: 'sek',
  MX: 'mxn',
  BR: 'brl',
  IN: 'inr',
  TH: 'thb',
  MY: 'myr',
  AE: 'aed',
};

const freeCorridors = new Set(['US', 'GB', 'CA', 'CH', ...eea]);

/** Do bank accounts of this country have an IBAN, and nothing else? */
export function hasIbans(country: string): boolean {
  return country === 'CH' || eea.includes(country);
}

/** The currency an account of a country settles in unless it says otherwise. */
export function currencyOfCountry(country: string): string {
  return currencies[country] ?? (eea.includes(country) ? 'eur' : 'usd');
}

/**
 * True if a platform in one country may send money to an account in another under the full service
 * agreement, without permission from Stripe.
 */
export function isSelfServe(from: string, to: string): boolean {
  return from === to || (freeCorridors.has(from) && freeCorridors.has(to));
}

/**
 * Countries to which only a platform in the US may send money, and only to accounts under the
 * `recipient` agreement (the example of GET /v1/country_specs/US in Stripe's documentation, 2024).
 */
const recipientCountries = new Set(
  `AE AG AL AM AO AR AU AZ BA BD BH BJ BN BO BS BT BW CI CL CO CR DO DZ EC EG ET GA GH GM GT GY HK
  ID IL JM JO JP KE KH KR KW KZ LA LC LK MA MC MD MG MK MN MO MU MX MY MZ NA NE NG NZ OM PA PE PH PK
  PY QA RS RW SA SG SM SN SV TH TN TR TT TW TZ UY UZ VN ZA`.split(/\s+/),
);

/**
 * True if only the service agreement of the account keeps the platform from sending money to it.
 */
export function needsRecipientAgreement(from: string, to: string): boolean {
  return from === 'US' && recipientCountries.has(to);
}

/** Every country with a specification, in the order of Stripe's list. */
export const specifiedCountries = [
  ...new Set([...Object.keys(currencies), ...freeCorridors, ...recipientCountries]),
].toSorted();

/** The countries to which a platform in this country may send money, under any agreement. */
export function transferCountriesOf(platform: string): string[] {
  return specifiedCountries.filter(
    (country) => isSelfServe(platform, country) || needsRecipientAgreement(platform, country),
  );
}
