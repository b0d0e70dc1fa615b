import { type RawBuilder, sql } from 'kysely';
import { type SellerId, sellerWorkflowId, workflowPrefixes } from '../domain/ids.ts';
import type { WakeTopic } from '../domain/wake-ups.ts';
import type { Db, Tx } from './connect.ts';
import { lock } from './locks.ts';

/** A stored notification for a workflow that must look at its row again. */
export type WakeUp = { workflowId: string; topics: WakeTopic[]; version: number };

/** The id of a workflow in SQL. `id` is the column with the id of its seller or payout. */
export function workflowId(kind: keyof typeof workflowPrefixes, id: string) {
  return sql<string>`${sql.lit(workflowPrefixes[kind])} || ${sql.ref(id)}`;
}

/** The wake-ups of running transactions that write them at their end, by workflow. */
const gathered = new WeakMap<Db, Map<string, Set<WakeTopic>>>();

/**
 * Runs a transaction whose steps notify workflows. All its wake-ups are written at its end, in one
 * statement and in the order of their ids. Written step by step, two transactions could wait for
 * each other in a cycle.
 */
export async function transact<Result>(db: Db, run: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    const all = new Map<string, Set<WakeTopic>>();
    gathered.set(tx, all);
    const result = await run(tx);
    gathered.delete(tx);
    await addWakeUps(
      tx,
      [...all].map(([workflowId, topics]) => ({ workflowId, topics: [...topics] })),
    );
    return result;
  });
}

/**
 * Records wake-ups in the transaction that causes them: at its end if it was begun with `transact`.
 * Several wake-ups are written and removed in the order of their ids, so that transactions never
 * wait for each other in a cycle.
 */
export async function addWakeUps(
  db: Db,
  wakeUps: readonly Omit<WakeUp, 'version'>[],
): Promise<void> {
  if (wakeUps.length === 0) return;
  const all = gathered.get(db);
  if (all) {
    for (const { workflowId, topics } of wakeUps) {
      all.set(workflowId, new Set([...(all.get(workflowId) ?? []), ...topics]));
    }
    return;
  }
  const given = JSON.stringify(
    wakeUps.map(({ workflowId, topics }) => ({ workflow_id: workflowId, topics })),
  );
  await insertWakeUps(
    db,
    sql`select workflow_id, array(select jsonb_array_elements_text(topics))
      from jsonb_to_recordset(${given}::jsonb) as given(workflow_id text, topics jsonb)`,
  );
}

/** Records wake-ups for the workflow ids and topics that a query finds, each id once. */
export async function insertWakeUps(db: Db, found: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into wake_ups (workflow_id, topics) ${found} order by 1
    on conflict (workflow_id) do update
      set topics = ${mergedWakeUp.topics}, version = ${mergedWakeUp.version}
  `.execute(db);
}

/**
 * How a second wake-up for a workflow changes the stored wake-up: adds its topics, under a new
 * version.
 */
export const mergedWakeUp = {
  topics: sql<WakeTopic[]>`array(select distinct unnest(wake_ups.topics || excluded.topics))`,
  version: sql<number>`excluded.version`,
};

/** Lists wake-ups that have waited at least this long for their delivery, oldest first. */
export async function listWakeUps(
  db: Db,
  { limit, olderThanSeconds }: { limit: number; olderThanSeconds: number },
): Promise<WakeUp[]> {
  const rows = await db
    .selectFrom('wake_ups')
    .select(['workflow_id', 'topics', 'version'])
    .where('since', '<=', sql<string>`now() - ${olderThanSeconds} * interval '1 second'`)
    .orderBy('since')
    .limit(limit)
    .execute();
  return rows.map(({ workflow_id, topics, version }) => ({
    workflowId: workflow_id,
    topics,
    version,
  }));
}

/** Deletes delivered wake-ups, except those that another wake-up changed meanwhile. */
export async function removeWakeUps(
  db: Db,
  delivered: readonly Pick<WakeUp, 'workflowId' | 'version'>[],
): Promise<void> {
  if (delivered.length === 0) return;
  await db
    .with('told', (query) =>
      query
        .selectFrom('wake_ups')
        .select('workflow_id')
        .where((is) =>
          is.eb(
            is.refTuple('workflow_id', 'version'),
            'in',
            delivered.map(({ workflowId, version }) => is.tuple(workflowId, version)),
          ),
        )
        .orderBy('workflow_id')
        .modifyEnd(lock('wake_ups', 'alone')),
    )
    .deleteFrom('wake_ups')
    .where('workflow_id', 'in', (query) => query.selectFrom('told').select('workflow_id'))
    .execute();
}

/** Wakes a seller's workflow, which then looks at its row. */
export async function wakeSeller(tx: Tx, sellerId: SellerId): Promise<void> {
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['payouts'] }]);
}
