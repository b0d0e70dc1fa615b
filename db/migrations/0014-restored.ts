import { sql, type Kysely } from 'kysely';

/** Whether Stripe was compared since PostgreSQL started, and what only Stripe knew. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [verified, adoptions]) await sql.raw(part).execute(db);
}

const verified = `
create function postgres_start() returns text language sql stable as
$$ select extract(epoch from pg_postmaster_start_time())::text $$;

alter table operations add column compared_start text;
comment on column operations.compared_start is
  'The start of PostgreSQL after which Stripe was last compared; money waits for it.';
`;

const adoptions = `
create table adoptions (
  stripe_id text primary key,
  step text not null check (step in ('transfer', 'payout')),
  payout_id text not null,
  stripe_account text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  created_at timestamptz not null,
  found_at timestamptz not null default business_now(),
  closed_at timestamptz,
  closed_by text,
  outcome text check (outcome in ('adopted', 'dismissed')),
  reason text,
  check ((closed_at is null) = (outcome is null))
);
create index adoptions_open on adoptions (payout_id) where closed_at is null;
comment on table adoptions is 'Money that left under our name and this database did not know.';
`;
