import type { JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';

/** A balance transaction as it is stored. */
export type BookRow = Record<string, unknown> & {
  type: string;
  settled: number;
  fee_details: string;
};

const reportingCategories: Record<string, string> = {
  payment: 'charge',
  payment_refund: 'refund',
  payout_cancel: 'payout_reversal',
  payout_failure: 'payout_reversal',
  transfer_refund: 'transfer_reversal',
};

/** Finds one balance transaction, as it is shown; where an account is named, only its own. */
export function findEntry(w: World, id: string, account?: string): JsonObject | undefined {
  const row = w.db.get<BookRow>('select * from balance_transactions where id = ?', id);
  const foreign = account !== undefined && row?.['account'] !== account;
  return row && !foreign ? showEntry(row) : undefined;
}

/** A balance transaction as the outside sees it. */
export function showEntry(row: BookRow): JsonObject {
  const { id, amount, currency, created, description, fee, net, source, type } = row as unknown as {
    [key: string]: string;
  };
  return {
    id,
    object: 'balance_transaction',
    amount,
    available_on: row['available_on'] as number,
    balance_type: 'payments',
    created,
    currency,
    description: description ?? null,
    exchange_rate: row['exchange_rate'] as number | null,
    fee,
    fee_details: JSON.parse(row.fee_details) as [],
    net,
    reporting_category: reportingCategories[row.type] ?? row.type,
    source: source ?? null,
    status: row.settled === 1 ? 'available' : 'pending',
    type,
  };
}

/** What an entry says about its settlement: in which currency, how much, when. */
export function settlementOf(w: World, id: string): Settlement {
  const row = w.db.get<Settlement>(
    `select currency, amount, available_on as availableOn, settled
     from balance_transactions where id = ?`,
    id,
  );
  if (!row) throw new Error(`No balance transaction ${id}`);
  return row;
}

/** The settlement of one entry. */
export type Settlement = { currency: string; amount: number; availableOn: number; settled: 0 | 1 };
