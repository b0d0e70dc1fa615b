import { findKeyRecord } from '../../../db/api-keys.ts';
import { findAttentionList } from '../../../db/attention/bulk-lists.ts';
import type { Db } from '../../../db/connect.ts';
import { findEarning } from '../../../db/earnings/views.ts';
import { findHold } from '../../../db/holds.ts';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { findPayout } from '../../../db/payouts/views.ts';
import { findDiscrepancy } from '../../../db/reconciliation/discrepancies.ts';
import { listAdoptions } from '../../../db/recovery/adoptions.ts';
import { listPossibleLosses } from '../../../db/recovery/starts.ts';
import { findSeller } from '../../../db/sellers/rows.ts';
import type { StateNow } from '../../../domain/commands/replays.ts';
import * as ids from '../../../domain/ids.ts';
import { sayOperations } from '../../../domain/money-stops.ts';
import { paysByItself } from '../../../domain/paydays/schedule.ts';

/** The state of an object as a code, and as a sentence. */
export type ToldState = { now: StateNow; says: string };

/**
 * Reads the state of the object of a command, so that an answer under a used Idempotency-Key tells
 * what is the case now beside what was the case then.
 */
export async function readState(db: Db, objectId: string): Promise<ToldState> {
  if (ids.isPayoutId(objectId)) return ofPayout(db, objectId);
  if (ids.isSellerId(objectId)) return ofSeller(db, objectId);
  if (ids.isHoldId(objectId)) {
    const hold = await findHold(db, objectId);
    return told('hold', objectId, hold?.state);
  }
  if (ids.isMoneyStopId(objectId) || objectId === 'operations') return ofMoney(db, objectId);
  if (ids.isDiscrepancyId(objectId)) {
    const found = await findDiscrepancy(db, objectId);
    return told('discrepancy', objectId, found?.closedAt === null ? 'open' : 'closed');
  }
  if (ids.isApiKeyId(objectId)) {
    const key = await findKeyRecord(db, objectId);
    return told('api-key', objectId, key?.revokedAt === null ? 'valid' : 'revoked');
  }
  if (ids.isEarningId(objectId)) {
    const earning = await findEarning(db, objectId);
    return told('earning', objectId, earning?.withdrawnAt === null ? 'recorded' : 'withdrawn');
  }
  if (ids.isAttentionListId(objectId)) return ofList(db, objectId);
  if (ids.isPostgresStartId(objectId)) {
    const isOpen = (await listPossibleLosses(db)).some(({ id }) => id === objectId);
    return told('start', objectId, isOpen ? 'not acknowledged' : 'acknowledged');
  }
  return ofRecovery(db, objectId);
}

function told(object: StateNow['object'], id: string, state = 'unknown', says?: string): ToldState {
  return { now: { object, id, state }, says: says ?? `the ${object} ${id} is ${state}` };
}

async function ofMoney(db: Db, id: string): Promise<ToldState> {
  const operations = await readOperations(db);
  const state = operations.moneyStopped ? 'stopped' : 'running';
  return told('money', id, state, sayOperations(operations));
}

async function ofPayout(db: Db, id: ids.PayoutId): Promise<ToldState> {
  const payout = await findPayout(db, id);
  const isAsked = payout?.status !== 'canceled' && payout?.cancelOrderedAt != null;
  const asked = isAsked ? `, and its cancellation is ${payout.cancelAnswer ?? 'ordered'}` : '';
  const parked = payout?.parked ? `, and parked as ${payout.parked}` : '';
  const state = payout?.status;
  return told('payout', id, state, `the payout is ${state}${parked}${asked}`);
}

async function ofSeller(db: Db, id: ids.SellerId): Promise<ToldState> {
  const seller = await findSeller(db, id);
  if (!seller) return told('seller', id);
  const { status, pauses, schedule, parked } = seller;
  const isPaused = pauses.length > 0 && status !== 'closed';
  const paydays = paysByItself(schedule) ? 'is paid by its schedule' : 'is paid only by order';
  const waits = parked ? `, and is parked as ${parked}` : '';
  const pause = isPaused ? 'is paused' : 'is not paused';
  const says = `the seller is ${status}, ${pause} and ${paydays}${waits}`;
  return told('seller', id, isPaused ? 'paused' : status, says);
}

async function ofList(db: Db, id: ids.AttentionListId): Promise<ToldState> {
  const list = await findAttentionList(db, id);
  const open = list?.items.filter(({ outcome }) => outcome === null).length;
  const state = open === 0 ? 'done' : 'open';
  return told('list', id, state, `${open ?? 'unknown'} items of the list have no outcome yet`);
}

async function ofRecovery(db: Db, id: string): Promise<ToldState> {
  const { length } = await listAdoptions(db);
  const says = `${length} objects at Stripe must be adopted or dismissed`;
  return told('recovery', id, length > 0 ? 'open' : 'done', says);
}
