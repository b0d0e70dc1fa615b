import { sql, type Kysely } from 'kysely';

/** A sign of life that a backup takes back with it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(alive).execute(db);
}

const alive = `
alter table operations add column alive_at timestamptz;
comment on column operations.alive_at is
  'When Stripe was compared already and this was the database that money moved by.';
`;
