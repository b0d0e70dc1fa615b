import { sql, type Kysely } from 'kysely';

/** When a charge was last asked when its money is available, so that all of them get their turn. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table earnings add column charge_tried_at timestamptz;
    create index earnings_by_turn on earnings (charge_tried_at nulls first, created_at)
      where available_on is null and charge is not null;
  `.execute(db);
}
