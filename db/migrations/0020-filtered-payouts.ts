import { sql, type Kysely } from 'kysely';

/** A list of the few in a rare currency or state does not walk through all that was ever paid. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(indexes).execute(db);
}

const indexes = `
create index payouts_of_currency on payouts (currency, created_at desc, id desc);
create index payouts_of_status on payouts (status, created_at desc, id desc);
`;
