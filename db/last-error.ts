import { sql, type RawBuilder } from 'kysely';

/** What Stripe said last about an object, in its codes; null where the last attempt succeeded. */
export function lastErrorOf(objectId: RawBuilder<unknown>) {
  return sql<string | null>`(select case when state <> 'succeeded' and error is not null
      then coalesce(error->>'code', error->>'type', error->>'statusCode', 'no answer') end
    from attempts where object_id = ${objectId} order by created_at desc, number desc limit 1)`;
}
