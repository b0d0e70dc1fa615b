import { sql } from 'kysely';

/** Business time as a column of any query. */
export const businessNow = sql<string>`business_now()`;
