import { sql } from 'kysely';
import type { Db } from '../connect.ts';

/** What an operator looks at first. */
export type Backlog = {
  moneyStopped: boolean;
  /** Age of the oldest wake-up that nobody delivered yet; null when all were. */
  oldestWakeUpSeconds: number | null;
  parkedPayouts: number;
  parkedSellers: number;
  /** What left under our name and this database did not know of: see /v1/recovery. */
  toAdopt: number;
  openDiscrepancies: number;
  /** What was found wrong around the engine, and what puts it right. */
  failedChecks: { name: string; remedy: string }[];
};

/** Reads it in one statement; a database that does not answer shows by throwing. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    select money_stopped as "moneyStopped",
      (select extract(epoch from now() - min(since))::integer from wake_ups)
        as "oldestWakeUpSeconds",
      (select count(*) from payouts where parked is not null) as "parkedPayouts",
      (select count(*) from sellers where parked is not null) as "parkedSellers",
      (select count(*) from adoptions where closed_at is null) as "toAdopt",
      (select count(*) from discrepancies where closed_at is null) as "openDiscrepancies",
      (select coalesce(json_agg(json_build_object('name', name, 'remedy', remedy)), '[]')
        from checks where not passed) as "failedChecks"
    from operations
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('operations has no row');
  return row;
}
