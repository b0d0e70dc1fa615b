import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { BulkCommand, BulkTarget } from '../../domain/attention/bulk.ts';
import type { LeftOut } from '../../domain/attention/words.ts';
import type { AttentionListId, PayoutId, SellerId } from '../../domain/ids.ts';
import { type Seen, unseen } from '../../domain/payouts/look-ups.ts';
import { resumeBankAccount } from '../accounts/bank-pauses.ts';
import { lockParkedSeller, unparkSeller } from '../accounts/parked.ts';
import { nameActor, recordCommand } from '../commands.ts';
import type { Db, Tx } from '../connect.ts';
import { releaseHold } from '../holds.ts';
import { lock } from '../locks.ts';
import { cancelPayout } from '../payouts/cancellations.ts';
import { confirmLooked, lockParked, retryRefused } from '../payouts/commands.ts';
import type { Database } from '../schema/index.ts';
import { pauseSeller, resumeSeller } from '../sellers/pauses.ts';
import { businessNow } from '../time.ts';
import { transact } from '../wake-ups.ts';
import { type AttentionList, stateOf } from './bulk-lists.ts';
import { planFor } from './bulk-plans.ts';
import { listAttention } from './waiting-for-people.ts';

type Run = Pick<AttentionList, 'id' | 'command' | 'reason'> & {
  run: NonNullable<AttentionList['run']>;
};
const confirm = 'confirm-not-sent' satisfies BulkCommand;

/** Looks at Stripe for what a payout of unknown outcome may have made. */
type Look = (payoutId: PayoutId) => Promise<Seen>;

/** A run, and what the look at Stripe for the item showed. */
type Looking = Run & { seen: Seen };

type Item = Selectable<Database['attention_items']>;

/**
 * Carries out the remaining items of a list. Each item takes its own transaction, so that the money
 * of many sellers is never locked together. A failing item does not stop the others; it is tried
 * again when the request is repeated. Before an item is confirmed, `look` looks at Stripe for it.
 */
export async function finishRun(db: Db, list: Run, look: Look): Promise<void> {
  const left = await db
    .selectFrom('attention_items')
    .select(['position', 'target_id'])
    .where('list_id', '=', list.id)
    .where('outcome', 'is', null)
    .orderBy('position')
    .execute();
  const faults: unknown[] = [];
  for (const { position, target_id: id } of left) {
    const done = (async () => {
      const seen = list.command === confirm ? await look(id as PayoutId) : unseen;
      await transact(db, (tx) => doItem(tx, { ...list, seen }, position));
    })();
    await done.catch((fault: unknown) => faults.push(fault));
  }
  if (faults.length > 0) throw faults[0];
}

/**
 * Lists the sellers whom the run of this list paused, whose pause of this run was lifted, and who
 * are not closed now, in the order in which they are locked.
 */
export async function listUnpaused(db: Db, listId: AttentionListId): Promise<SellerId[]> {
  const rows = await db
    .selectFrom('attention_items')
    .innerJoin('attention_lists', 'attention_lists.id', 'attention_items.list_id')
    .innerJoin('sellers', (on) => on.onRef('sellers.id', '=', 'attention_items.target_id'))
    .select('sellers.id')
    .where('list_id', '=', listId)
    .where('attention_lists.command', '=', 'pause-seller')
    .where('outcome', '=', 'done')
    .where(
      sql<boolean>`not exists (select from seller_pauses as open where open.seller_id = sellers.id
        and open.paused_by = run_by and open.reason = coalesce(attention_lists.reason, run_reason)
        and open.lifted_at is null)`,
    )
    .where('sellers.status', '<>', 'closed')
    .orderBy('sellers.id')
    .execute();
  return rows.map(({ id }) => id);
}

async function doItem(tx: Tx, list: Looking, position: number): Promise<void> {
  const item = await lockItem(tx, list.id, position);
  if (item.outcome !== null) return;
  await nameActor(tx, list.run.by);
  const why = await order(tx, list, item);
  const outcome = why === null ? ('done' as const) : ('left-out' as const);
  await tx
    .updateTable('attention_items')
    .set({ outcome, why, done_at: businessNow })
    .where('list_id', '=', list.id)
    .where('position', '=', position)
    .execute();
  if (why === null) await recordPart(tx, list, item);
}

async function lockItem(tx: Tx, listId: AttentionListId, position: number): Promise<Item> {
  return tx
    .selectFrom('attention_items')
    .selectAll()
    .where('list_id', '=', listId)
    .where('position', '=', position)
    .modifyEnd(lock('attention_items', 'alone'))
    .executeTakeFirstOrThrow();
}

/** The list as an order of whoever runs it. */
function orderOf({ command, reason, run }: Run) {
  return { command, reason: reason ?? run.reason, by: run.by };
}

/** Checks the item again and does what was shown. Otherwise returns why the item is left out. */
async function order(tx: Tx, list: Looking, item: Item): Promise<LeftOut | null> {
  await lockTarget(tx, list.command, item);
  const [record] = await listAttention(tx, { filter: { id: item.object_id }, limit: 1 });
  if (!record) return 'waits-no-more';
  const [planned] = await planFor(tx, orderOf(list), [record]);
  if (!planned) return 'changed';
  const { plan } = planned;
  if (plan.kind === 'leave') return plan.why;
  const target = plan.targets.find(
    ({ kind, id }) => kind === item.target_kind && id === item.target_id,
  );
  if (!target || stateOf(record, target) !== item.state) return 'changed';
  return act(tx, list, { target, sellerId: item.seller_id });
}

/** Locks a parked object before the check. The other commands lock what they change themselves. */
async function lockTarget(tx: Tx, command: BulkCommand, item: Item): Promise<void> {
  if (command !== 'retry' && command !== 'cancel' && command !== confirm) return;
  if (item.target_kind === 'payout') await lockParked(tx, item.target_id as PayoutId);
  if (item.target_kind === 'seller') await lockParkedSeller(tx, item.target_id as SellerId);
}

async function act(
  tx: Tx,
  list: Looking,
  { target, sellerId }: { target: BulkTarget; sellerId: SellerId | null },
): Promise<LeftOut | null> {
  const { by, reason } = orderOf(list);
  switch (target.kind) {
    case 'payout': {
      if (list.command === confirm) return confirmItem(tx, target.id, list.seen);
      if (list.command === 'retry') await retryRefused(tx, target.id);
      const plan = list.command === 'cancel' ? await cancelPayout(tx, target.id, by) : undefined;
      return plan?.kind === 'refuse' ? plan.why : null;
    }
    case 'seller':
      if (list.command === 'retry') await unparkSeller(tx, target.id);
      else await pauseSeller(tx, { sellerId: target.id, reason, by });
      return null;
    case 'pause': {
      if (sellerId === null) return 'no-seller';
      const plan = await resumeSeller(tx, { sellerId, pauseId: target.id, reason, by });
      return plan.kind === 'lift' ? null : 'changed';
    }
    case 'hold':
      return (await releaseHold(tx, { holdId: target.id, reason, by })) ? null : 'changed';
    case 'bank-account':
      if (sellerId === null) return 'no-seller';
      await resumeBankAccount(tx, sellerId, target.id);
      return null;
  }
}

/** Takes the word that a payout was not sent, as `confirm-not-sent` for one payout does. */
async function confirmItem(tx: Tx, payoutId: PayoutId, seen: Seen): Promise<LeftOut | null> {
  if (!seen.isLooked) return 'not-looked';
  const { kind } = await confirmLooked(tx, payoutId, { seen, callOffBy: null });
  if (kind === 'done') return null;
  return kind === 'changed' ? kind : 'found-at-stripe';
}

/**
 * Records a command for the item, so that the object's explanation names who decided, as after a
 * command about this object alone.
 */
async function recordPart(tx: Tx, list: Run, item: Item): Promise<void> {
  const { command, id, run } = list;
  const isPlain = command === 'retry' || command === 'cancel';
  // No header can contain this character, so no caller's key can be the same.
  const key = `${id}·${item.position}`;
  const ofSeller = ['bank-account', 'pause'].includes(item.target_kind) && item.seller_id;
  await recordCommand(
    tx,
    {
      apiKeyId: run.by,
      idempotencyKey: key,
      requestHash: createHash('sha256').update(key).digest(),
      kind: isPlain ? `${command}-${item.target_kind}` : command,
    },
    {
      status: 200,
      body: { list: id, reason: list.reason ?? run.reason },
      objectId: ofSeller || item.target_id,
    },
  );
}
