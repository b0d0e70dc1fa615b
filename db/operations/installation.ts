import type { Db } from '../connect.ts';

/** The installation that this database belongs to, recorded once at the first start. */
export type Installation = {
  stripeAccount: string;
  livemode: boolean;
  stripeIs: 'stripe' | 'sandbox';
  temporalNamespace: string;
  /** The country of the Stripe account, in upper case. */
  platformCountry: string;
};

/** Reads the installation that this database belongs to. Undefined before the first start. */
export async function findInstallation(db: Db): Promise<Installation | undefined> {
  const row = await db.selectFrom('installation').selectAll().executeTakeFirst();
  if (!row) return undefined;
  return {
    stripeAccount: row.stripe_account,
    livemode: row.livemode,
    stripeIs: row.stripe_is,
    temporalNamespace: row.temporal_namespace,
    platformCountry: row.platform_country,
  };
}

/**
 * Records the installation that this database belongs to, unless one is recorded. Returns the
 * recorded installation.
 */
export async function recordInstallation(db: Db, of: Installation): Promise<Installation> {
  await db
    .insertInto('installation')
    .values({
      stripe_account: of.stripeAccount,
      livemode: of.livemode,
      stripe_is: of.stripeIs,
      temporal_namespace: of.temporalNamespace,
      platform_country: of.platformCountry,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return (await findInstallation(db)) ?? of;
}

/**
 * Describes how the given installation differs from the stored one. Undefined if nothing differs.
 */
export function describeMismatch(
  stands: Installation,
  given: Partial<Installation>,
): string | undefined {
  const differing = (Object.keys(names) as (keyof Installation)[]).filter(
    (field) => given[field] !== undefined && given[field] !== stands[field],
  );
  if (differing.length === 0) return undefined;
  const parts = differing.map(
    (field) => `${names[field]} is ${given[field]}, not ${stands[field]}`,
  );
  return `This database belongs to another installation: ${parts.join('; ')}`;
}

const names = {
  stripeAccount: 'the Stripe account',
  livemode: 'live mode',
  stripeIs: 'the Stripe server (stripe or sandbox)',
  temporalNamespace: 'the Temporal namespace',
  platformCountry: 'the country of the Stripe account',
} satisfies Record<keyof Installation, string>;
