import { sql, type Kysely } from 'kysely';

/** What a person says that Stripe has, until it was looked at; and why a payout stopped again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
alter table payouts
  add column named_stripe_id text,
  add column parked_detail text,
  add constraint only_a_doubt_is_named
    check (named_stripe_id is null or (unknown_step is not null and parked is null)),
  add constraint a_detail_of_a_stop check (parked_detail is null or parked is not null);
comment on column payouts.named_stripe_id is 'What a person found at Stripe; nothing is booked before it was looked at.';
comment on column payouts.parked_detail is 'What was found at Stripe that is not what was ordered.';
`;
