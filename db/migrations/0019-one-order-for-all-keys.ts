import { sql, type Kysely } from 'kysely';

/** An Idempotency-Key is one order, whichever API key sends it: a changed key orders nothing anew. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
update commands set idempotency_key = idempotency_key || ' of ' || api_key_id
where exists (select from commands as first where first.idempotency_key = commands.idempotency_key
  and (first.created_at, first.id) < (commands.created_at, commands.id));
alter table commands drop constraint commands_api_key_id_idempotency_key_key,
  add constraint commands_idempotency_key_key unique (idempotency_key);
`;
