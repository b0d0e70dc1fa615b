const eea =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE'.split(
    ' ',
  );

const currencies: Record<string, string> = {
  US: 'usd',
  GB: 'gbp',
  CA: 'cad',
  CH: 'chf',
  LI: 'chf',
  AU: 'aud',
  NZ: 'nzd',
  JP: 'jpy',
  HK: 'hkd',
  SG: 'sgd',
  BG: 'bgn',
  CZ: 'czk',
  DK: 'dkk',
  HU: 'huf',
  IS: 'isk',
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
 * True if a platform in one country may send money to an account in another without permission from
 * Stripe.
 */
export function isCorridorOpen(from: string, to: string): boolean {
  return from === to || (freeCorridors.has(from) && freeCorridors.has(to));
}
