import { sql, type Kysely } from 'kysely';

/** Since when a seller waits for a person, so that the oldest case is looked at first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
alter table sellers add column parked_at timestamptz;
update sellers set parked_at = business_now() where parked is not null;
alter table sellers add constraint parked_since check ((parked is null) = (parked_at is null));

create function note_parked() returns trigger language plpgsql as $$
begin
  new.parked_at := case when new.parked is null then null
    else coalesce(old.parked_at, business_now()) end;
  return new;
end $$;
create trigger sellers_note_parked before insert or update of parked on sellers
  for each row execute function note_parked();

create index payouts_attention on payouts (date_trunc('milliseconds', parked_at, 'UTC'), id)
  where parked is not null;
create index sellers_attention on sellers (date_trunc('milliseconds', parked_at, 'UTC'), id)
  where parked is not null;
`;
