import { sql, type Kysely } from 'kysely';

/** A version that no other wake-up ever had, so that what is removed is what was told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
create sequence wake_up_versions as bigint;
alter table wake_ups alter column version type bigint,
  alter column version set default nextval('wake_up_versions');
`;
