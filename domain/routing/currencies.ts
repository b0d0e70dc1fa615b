/**
 * The currencies that Stripe moves, each with the countries that mainly use it
 * (docs.stripe.com/currencies, 2026-09; ISO 3166-1 and ISO 4217).
 */
const usual = `
  aed AE|afn AF|all AL|amd AM|ang|aoa AO|ars AR|aud AU CC CX HM KI NF NR TV|awg AW|azn AZ|bam BA|
  bbd BB|bdt BD|bgn|bhd BH|bif BI|bmd BM|bnd BN|bob BO|brl BR|bsd BS|btn BT|bwp BW|byn BY|bzd BZ|
  cad CA|cdf CD|chf CH LI|clp CL|cny CN|cop CO|crc CR|cve CV|czk CZ|djf DJ|dkk DK FO GL|dop DO|
  dzd DZ|egp EG|etb ET|fjd FJ|fkp FK|gbp GB GG GI GS IM JE|gel GE|ghs GH|gip|gmd GM|gnf GN|gtq GT|
  eur AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IS IT LT LU LV MC ME MF MQ MT NL PM PT RE SI
    SK SM TF VA XK YT|
  gyd GY|hkd HK|hnl HN|htg HT|huf HU|idr ID|ils IL PS|inr IN|isk|jmd JM|jod JO|jpy JP|kes KE|
  kgs KG|khr KH|kmf KM|krw KR|kwd KW|kyd KY|kzt KZ|lak LA|lbp LB|lkr LK|lrd LR|lsl LS|mad EH MA|
  mdl MD|mga MG|mkd MK|mmk MM|mnt MN|mop MO|mru MR|mur MU|mvr MV|mwk MW|mxn MX|myr MY|mzn MZ|
  nad NA|ngn NG|nio NI|nok BV NO SJ|npr NP|nzd CK NU NZ PN TK|omr OM|pab|pen PE|pgk PG|php PH|
  pkr PK|pln PL|pyg PY|qar QA|ron RO|rsd RS|rub RU|rwf RW|sar SA|sbd SB|scr SC|sek SE|sgd SG|
  shp SH|sle SL|sos SO|srd SR|std|stn ST|szl SZ|thb TH|tjs TJ|tnd TN|top TO|try TR|ttd TT|twd TW|
  tzs TZ|uah UA|ugx UG|usd AS BQ EC FM GU IO MH MP PA PR PW SV TC TL UM US VG VI|uyu UY|uzs UZ|vnd VN|
  vuv VU|wst WS|xaf CF CG CM GA GQ TD|xcd AG AI DM GD KN LC MS VC|xcg CW SX|
  xof BF BJ CI GW ML NE SN TG|xpf NC PF WF|yer YE|zar ZA|zmw ZM`;

const byCountry = new Map<string, string>();
const known = new Set<string>();
for (const line of usual.split('|')) {
  const [currency = '', ...countries] = line.trim().split(/\s+/);
  known.add(currency);
  for (const country of countries) byCountry.set(country, currency);
}

/** Every currency that Stripe moves, in lower case. */
export const currencies = [...known].toSorted();

/** The ISO 3166-1 alpha-2 codes, in upper case, of the countries that use these currencies. */
export const countries = [...byCountry.keys()].toSorted();

/** True for a currency that Stripe moves, in lower case. */
export function isCurrency(code: string): boolean {
  return known.has(code);
}

/**
 * True for the ISO 3166-1 alpha-2 code, in upper case, of a country that uses one of these
 * currencies.
 */
export function isCountry(code: string): boolean {
  return byCountry.has(code);
}

/**
 * The currency in which sellers of a country are paid unless the platform chooses another. Throws
 * RangeError for an unknown country.
 */
export function usualCurrency(country: string): string {
  const currency = byCountry.get(country);
  if (currency === undefined) throw new RangeError(`not a country: ${country}`);
  return currency;
}
