import { type Selectable, sql } from 'kysely';
import { type BulkCommand, type BulkTarget, onceEach } from '../../domain/attention/bulk.ts';
import type { AttentionRecord } from '../../domain/attention/words.ts';
import { type ApiKeyId, type AttentionListId, newId } from '../../domain/ids.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import type { Database } from '../schema/index.ts';
import { businessNow, inMinutes } from '../time.ts';
import { planFor, type Planned } from './bulk-plans.ts';
import { type AttentionFilter, listAttention } from './waiting-for-people.ts';

/**
 * How many minutes a list for a bulk command may be run after it was previewed. `beginRun` checks
 * this limit, and that the list runs once.
 */
export const listMinutes = 60;

/** The most objects per list: each takes its own transaction, and all of them share one request. */
export const mostListed = 500;

/** A command that somebody wants to give for many objects. */
export type BulkAsked = {
  filter: AttentionFilter;
  command: BulkCommand;
  /** The reason recorded for each object. Null if the command records none. */
  reason: string | null;
  by: ApiKeyId;
};

/** The objects that a command would change, and those that it would leave out. */
export type ListMade = {
  /** Null if there is nothing to change. */
  list: { id: AttentionListId; expiresAt: string } | null;
  planned: Planned[];
  /** True if more objects wait than one list may contain. */
  hasMore: boolean;
};

/**
 * Fixes which objects a command will change: the oldest that wait, each with its state at one
 * instant.
 */
export async function makeAttentionList(db: Db, asked: BulkAsked): Promise<ListMade> {
  await forgetOldLists(db);
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const records = await listAttention(tx, { filter: asked.filter, limit: mostListed });
      const shown = records.slice(0, mostListed);
      const planned = onceEach(await planFor(tx, asked, shown));
      const items = planned.flatMap(({ record, plan }) =>
        plan.kind === 'do' ? plan.targets.map((target) => ({ record, target })) : [],
      );
      const list = items.length > 0 ? await recordList(tx, asked, items) : null;
      return { list, planned, hasMore: records.length > shown.length };
    });
}

/**
 * The state of an object and of what the command will change. If the state differs when the list is
 * run, the object is left out.
 */
export function stateOf(record: AttentionRecord, target: BulkTarget): string {
  return `${record.parked} since ${record.since}, ${target.state}`;
}

/** A list with the outcome of its items. */
export type AttentionList = {
  id: AttentionListId;
  command: BulkCommand;
  reason: string | null;
  madeBy: ApiKeyId;
  madeAt: string;
  expiresAt: string;
  run: { by: ApiKeyId; at: string; reason: string } | null;
  items: AttentionItem[];
};

/** One change to one object that waits. */
export type AttentionItem = ReturnType<typeof toItem>;

/** The list with this id. */
export async function findAttentionList(
  db: Db,
  id: AttentionListId,
): Promise<AttentionList | undefined> {
  const row = await db
    .selectFrom('attention_lists')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const items = await db
    .selectFrom('attention_items')
    .selectAll()
    .where('list_id', '=', id)
    .orderBy('position')
    .execute();
  const { run_by: by, run_at: at, run_reason: why } = row;
  return {
    id,
    command: row.command,
    reason: row.reason,
    madeBy: row.made_by,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    run: by !== null && at !== null && why !== null ? { by, at, reason: why } : null,
    items: items.map(toItem),
  };
}

/** Marks a list as run, once. Its items are carried out afterwards, each in its own transaction. */
export async function beginRun(
  tx: Tx,
  { id, by, reason }: { id: AttentionListId; by: ApiKeyId; reason: string },
): Promise<'begun' | 'unknown' | 'expired' | 'run-already'> {
  const row = await tx
    .selectFrom('attention_lists')
    .select('run_at')
    .select(sql<boolean>`expires_at <= business_now()`.as('expired'))
    .where('id', '=', id)
    .modifyEnd(lock('attention_lists', 'alone'))
    .executeTakeFirst();
  if (!row) return 'unknown';
  if (row.run_at !== null) return 'run-already';
  if (row.expired) return 'expired';
  await tx
    .updateTable('attention_lists')
    .set({ run_by: by, run_at: businessNow, run_reason: reason })
    .where('id', '=', id)
    .execute();
  return 'begun';
}

async function recordList(
  tx: Tx,
  { command, reason, filter, by }: BulkAsked,
  items: readonly { record: AttentionRecord; target: BulkTarget }[],
): Promise<ListMade['list']> {
  const list = await tx
    .insertInto('attention_lists')
    .values({
      id: newId('list'),
      command,
      reason,
      filter: JSON.stringify(filter),
      made_by: by,
      expires_at: inMinutes(listMinutes),
    })
    .returning(['id', 'expires_at as expiresAt'])
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('attention_items')
    .values(
      items.map(({ record, target }, position) => ({
        list_id: list.id,
        position,
        kind: record.kind,
        object_id: record.id,
        seller_id: record.sellerId,
        target_kind: target.kind,
        target_id: target.id,
        state: stateOf(record, target),
      })),
    )
    .execute();
  return list;
}

/** A list that nobody ran has no use a day after it expired. */
async function forgetOldLists(db: Db): Promise<void> {
  await sql`
    delete from attention_lists where run_at is null
      and expires_at < business_now() - interval '1 day'
  `.execute(db);
}

function toItem(row: Selectable<Database['attention_items']>) {
  return {
    position: row.position,
    kind: row.kind,
    id: row.object_id,
    sellerId: row.seller_id,
    target: { kind: row.target_kind, id: row.target_id },
    outcome: row.outcome,
    why: row.why,
  };
}
