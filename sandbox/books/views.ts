import { accountView } from '../accounts/v1-view.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';
import { listAnswer } from '../store/lists.ts';
import { findRecord, view } from '../store/objects.ts';
import type { Charge, Dispute, Records, Transfer } from '../store/records.ts';
import { findEntry } from './balance-transactions.ts';

const kinds: Record<string, keyof Records> = {
  ba: 'bank_account',
  ch: 'charge',
  du: 'dispute',
  issfr: 'early_fraud_warning',
  po: 'payout',
  py: 'charge',
  pyr: 'refund',
  re: 'refund',
  tr: 'transfer',
  trr: 'reversal',
  tu: 'topup',
};

/** The object an id names, as its own endpoint would show it, for `expand`. */
export function showById(w: World, id: string): Json | undefined {
  const prefix = id.slice(0, id.indexOf('_'));
  if (prefix === 'acct') {
    const account = findRecord(w, 'account', id);
    return account && accountView(w, account);
  }
  if (prefix === 'txn') return findEntry(w, id);
  const kind = kinds[prefix];
  const record = kind && findRecord(w, kind, id);
  return record && show(w, record);
}

/** An object as it is shown, with the lists that come with it. */
export function show(w: World, record: Records[keyof Records]): JsonObject {
  if ('object' in record && record.object === 'transfer') return showTransfer(w, record);
  if ('object' in record && record.object === 'charge') return showCharge(w, record);
  if ('object' in record && record.object === 'dispute') return showDispute(w, record);
  return view(record);
}

/** A dispute with the entries it caused. */
export function showDispute(w: World, dispute: Dispute): JsonObject {
  const found = dispute.internal.entries.map((id) => findEntry(w, id));
  const entries = found.filter((entry) => entry !== undefined);
  const evidence = { ...dispute.evidence, enhanced_evidence: {} };
  return { ...view(dispute), balance_transactions: entries, evidence };
}

/** A transfer with its ten newest reversals. */
export function showTransfer(w: World, transfer: Transfer): JsonObject {
  const rows = newest(w, 'reversal', '$.transfer', transfer.id);
  const url = `/v1/transfers/${transfer.id}/reversals`;
  return { ...view(transfer), reversals: listAnswer(url, rows.slice(0, 10), rows.length > 10) };
}

function showCharge(w: World, charge: Charge): JsonObject {
  const rows = newest(w, 'refund', '$.charge', charge.id);
  const url = `/v1/charges/${charge.id}/refunds`;
  return { ...view(charge), refunds: listAnswer(url, rows.slice(0, 10), rows.length > 10) };
}

function newest(w: World, kind: string, path: string, id: string): JsonObject[] {
  const rows = w.db.all<{ body: string }>(
    `select body from objects where kind = ? and json_extract(body, '${path}') = ?
     order by seq desc limit 11`,
    kind,
    id,
  );
  return rows.map((row) => JSON.parse(row.body) as JsonObject);
}
