import { sql, type Kysely } from 'kysely';

/** What was found wrong around the engine, with what puts it right. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table checks (
      name text primary key,
      passed boolean not null,
      remedy text not null,
      checked_at timestamptz not null default now()
    )
  `.execute(db);
}
