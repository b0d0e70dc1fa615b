import { sql, type Kysely } from 'kysely';

/** What a command was about, lists that stay quick, and sums that stay whole numbers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
alter table commands add column object_id text not null;
create index commands_object on commands (object_id, created_at);

create index sellers_newest on sellers (created_at desc, id desc);
create index payouts_newest on payouts (created_at desc, id desc);
create index payouts_of_seller on payouts (seller_id, created_at desc, id desc);
create index earnings_of_seller on earnings (seller_id, created_at desc, id desc);
create index payouts_parked on payouts (created_at desc, id desc) where parked is not null;

alter table balances add constraint sums_stay_whole_numbers
  check (abs(amount) <= 9007199254740991);
`;
