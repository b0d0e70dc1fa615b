import { sql, type Kysely } from 'kysely';

/** When sellers are paid, and which payday a payout belongs to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
alter table sellers
  add column schedule jsonb,
  add column next_payout_at timestamptz,
  add column threshold_look_at timestamptz;
comment on column sellers.schedule is 'Null is manual: paid when the platform orders it.';
comment on column sellers.next_payout_at is 'The first payday that was not opened yet.';
comment on column sellers.threshold_look_at is 'When a threshold may be reached at the earliest.';
create index sellers_payday on sellers (next_payout_at) where next_payout_at is not null;
create index sellers_threshold on sellers (threshold_look_at) where threshold_look_at is not null;

alter table payouts
  add column payday timestamptz,
  add column cut_off_at timestamptz;
comment on column payouts.cut_off_at is 'Pays only what was there by then; null is everything.';
create unique index one_payout_a_payday on payouts (seller_id, currency, payday)
  where payday is not null;
`;
