import { sql } from 'kysely';
import type { MoneyStopId } from '../../domain/ids.ts';
import type { LiftedStop, MoneyStop, Operations } from '../../domain/money-stops.ts';
import type { Db } from '../connect.ts';

/** Reads every open stop of all money, oldest first. Money moves if there is none. */
export async function readOperations(db: Db): Promise<Operations> {
  const stops = await selectStops(db)
    .where('money_stops.lifted_at', 'is', null)
    .orderBy('money_stops.stopped_at')
    .orderBy('money_stops.id')
    .execute();
  return { moneyStopped: stops.length > 0, stops };
}

/** Lists the stops that were lifted last, newest first. */
export async function listLiftedStops(db: Db, limit: number): Promise<LiftedStop[]> {
  return selectStops(db)
    .leftJoin('api_keys as lifter', (on) => on.onRef('lifter.id', '=', 'money_stops.lifted_by'))
    .select([liftedAt.as('liftedAt'), liftedBy.as('liftedBy'), liftReason.as('liftReason')])
    .select(sql<string>`coalesce(lifter.name, lifted_by)`.as('liftedByName'))
    .where('money_stops.lifted_at', 'is not', null)
    .orderBy('money_stops.lifted_at', 'desc')
    .limit(limit)
    .execute();
}

/** Reads a stop, open or lifted. Undefined if there is no such stop. */
export async function findStop(
  db: Db,
  id: MoneyStopId,
): Promise<(MoneyStop & { liftedAt: string | null }) | undefined> {
  return selectStops(db)
    .select('money_stops.lifted_at as liftedAt')
    .where('money_stops.id', '=', id)
    .executeTakeFirst();
}

function selectStops(db: Db) {
  return db
    .selectFrom('money_stops')
    .leftJoin('api_keys as stopper', (on) => on.onRef('stopper.id', '=', 'money_stops.stopped_by'))
    .select(['money_stops.id', 'money_stops.cause', 'money_stops.reason'])
    .select(['money_stops.stopped_by as stoppedBy', 'money_stops.stopped_at as stoppedAt'])
    .select('money_stops.confirmed_at as confirmedAt')
    .select(sql<string>`coalesce(stopper.name, stopped_by)`.as('stoppedByName'));
}

const liftedAt = sql<string>`lifted_at`;
const liftedBy = sql<string>`lifted_by`;
const liftReason = sql<string>`lift_reason`;
