import { currencyOfCountry, specifiedCountries, transferCountriesOf } from '../books/countries.ts';
import { missing } from '../core/errors.ts';
import { type Route, v1 } from '../http/routes.ts';
import { listAnswer, pagination } from '../store/lists.ts';

/** What Stripe says of countries: to which of them a platform may send money, and in what. */
export const countryRoutes: Route[] = [
  v1('GET /v1/country_specs', pagination, (_call, params) => {
    const after = params.starting_after ?? '';
    const later = specifiedCountries.filter((country) => country > after);
    const page = later.slice(0, params.limit ?? 10);
    const data = page.map(specificationOf);
    return listAnswer('/v1/country_specs', data, later.length > page.length);
  }),
  v1('GET /v1/country_specs/:country', {}, ({ id }) => {
    if (!specifiedCountries.includes(id)) throw missing('country', id, 'country');
    return specificationOf(id);
  }),
];

function specificationOf(country: string): object {
  const currency = currencyOfCountry(country);
  const nobodyAsked = { additional: [], minimum: [] };
  return {
    id: country,
    object: 'country_spec',
    default_currency: currency,
    supported_bank_account_currencies: { [currency]: [country] },
    supported_payment_currencies: [currency],
    supported_payment_methods: ['card', 'stripe'],
    supported_transfer_countries: transferCountriesOf(country),
    verification_fields: { company: nobodyAsked, individual: nobodyAsked },
  };
}
