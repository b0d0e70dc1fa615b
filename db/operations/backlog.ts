import { sql } from 'kysely';
import type { MoneyStopId } from '../../domain/ids.ts';
import type { StopCause } from '../../domain/money-stops.ts';
import type { Db } from '../connect.ts';
import { instant } from '../time.ts';
import { checkFacts, type CheckFacts, computedChecks } from './checks.ts';

/** The counts and failed checks that an operator looks at first. */
export type Backlog = {
  moneyStopped: boolean;
  /** The open stops of all money, oldest first, without their reasons. */
  moneyStops: { id: MoneyStopId; cause: StopCause; since: string }[];
  /** The age of the oldest wake-up that is not delivered yet. Null if all were delivered. */
  oldestWakeUpSeconds: number | null;
  parkedPayouts: number;
  parkedSellers: number;
  /**
   * Transfers and payouts under our name at Stripe that this database does not know: see
   * /v1/recovery.
   */
  toAdopt: number;
  openDiscrepancies: number;
  /** The failed checks, and what fixes each. */
  failedChecks: { name: string; remedy: string }[];
};

/** Reads the backlog in one statement. Throws if the database does not answer. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const { rows } = await sql<Backlog & { facts: CheckFacts }>`
    select exists (select from money_stops where lifted_at is null) as "moneyStopped",
      (select coalesce(json_agg(json_build_object('id', id, 'cause', cause, 'since', ${instant('stopped_at')})
        order by stopped_at, id), '[]') from money_stops where lifted_at is null) as "moneyStops",
      (select extract(epoch from now() - min(since))::integer from wake_ups)
        as "oldestWakeUpSeconds",
      (select count(*) from payouts where parked is not null) as "parkedPayouts",
      (select count(*) from sellers where parked is not null) as "parkedSellers",
      (select count(*) from adoptions where closed_at is null) as "toAdopt",
      (select count(*) from discrepancies where closed_at is null) as "openDiscrepancies",
      (select coalesce(json_agg(json_build_object('name', name, 'remedy', remedy)), '[]')
        from checks where not passed) as "failedChecks", ${checkFacts} as facts
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the backlog has no row');
  const { facts, ...backlog } = row;
  return { ...backlog, failedChecks: [...backlog.failedChecks, ...computedChecks(facts)] };
}
