/** Where the facts of a row come from, and the day on which a person last compared them with it. */
export type Source = { source: string; checkedOn: string };

/** Countries, in upper case (ISO 3166-1 alpha-2), of which Stripe says the same. */
export type CountryRow = Source & { countries: ReadonlySet<string> };

const crossBorderPage = {
  source: 'docs.stripe.com/connect/cross-border-payouts',
  checkedOn: '2026-09-27',
};
const countrySpec = {
  source: 'the example of GET /v1/country_specs/US (stripe-mock 0.203.0, fixtures3.json)',
  checkedOn: '2026-11-30',
};

/**
 * A platform in one of these countries may transfer money to a seller in any other of them, under
 * the full service agreement. The currency in which the buyer paid does not matter.
 */
export const selfServe: CountryRow = {
  ...crossBorderPage,
  countries: words(`US GB CA CH AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL
    NO PL PT RO SK SI ES SE`),
};

/**
 * A platform in the United States may transfer money to sellers in these countries as well, but only
 * to accounts that signed the recipient agreement. Today Stripe must approve each new account.
 */
export const recipientAgreement: CountryRow = {
  ...countrySpec,
  countries: words(`AE AG AL AM AO AR AU AZ BA BD BH BJ BN BO BS BT BW CI CL CO CR DO DZ EC EG ET
    GA GH GM GT GY HK ID IL JM JO JP KE KH KR KW KZ LA LC LK MA MC MD MG MK MN MO MU MX MY MZ NA NE
    NG NZ OM PA PE PH PK PY QA RS RW SA SG SM SN SV TH TN TR TT TW TZ UY UZ VN ZA`),
};

/** Stripe pays accounts in these countries out automatically each day; nobody else can. */
export const alwaysAutomatic: CountryRow = {
  source: 'docs.stripe.com/payouts',
  checkedOn: '2026-08-10',
  countries: words('BR IN'),
};

/** Businesses in these countries can send with Global Payouts, which the engine does not use. */
export const globalPayouts: CountryRow = {
  source: 'docs.stripe.com/global-payouts',
  checkedOn: '2026-09-27',
  countries: words('US GB'),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
