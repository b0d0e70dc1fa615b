import { type RawBuilder, sql } from 'kysely';
import { alwaysAutomatic, recipientAgreement, selfServe } from '../../domain/routing/corridors.ts';
import type { Corridor } from '../../domain/routing/route.ts';

/** The country of a seller: as read from the account, or else as ordered. */
const countryOf = (name: string) => sql.raw(`coalesce(${name}.account_country, ${name}.country)`);

/** The agreement of a seller's account. The engine itself creates only full accounts. */
const agreementOf = (name: string) =>
  sql.raw(`coalesce(${name}.service_agreement,
    case when ${name}.stripe_account is null then 'full' end)`);

/**
 * What decides whether the platform's money reaches this seller, as a value of any query. Null until
 * the first start of a worker has read the platform's country.
 */
export function corridorOf(sellerId: RawBuilder<unknown>) {
  return sql<Corridor | null>`(select jsonb_build_object('platform', platform_country,
      'seller', ${countryOf('payee')}, 'agreement', ${agreementOf('payee')})
    from installation, sellers as payee where payee.id = ${sellerId})`;
}

/**
 * True for a seller, named `sellers`, whom no transfer can reach, for queries that find such
 * sellers. Repeats `whyNoRoute` in domain/routing/route.ts, and a test compares the two.
 */
export const lacksRoute = sql<boolean>`(exists (select from installation) and (
    ${isAmong(countryOf('sellers'), alwaysAutomatic.countries)}
    or ${home()} <> ${countryOf('sellers')} and case
      when ${isAmong(home(), selfServe.countries)}
        and ${isAmong(countryOf('sellers'), selfServe.countries)}
        then ${agreementOf('sellers')} is not distinct from 'recipient'
      when ${home()} = 'US' and ${isAmong(countryOf('sellers'), recipientAgreement.countries)}
        then ${agreementOf('sellers')} is not distinct from 'full'
      else true end))`;

function home() {
  return sql`(select platform_country from installation)`;
}

function isAmong(country: RawBuilder<unknown>, countries: ReadonlySet<string>) {
  return sql`${country} in (${sql.join([...countries].map((one) => sql.lit(one)))})`;
}
