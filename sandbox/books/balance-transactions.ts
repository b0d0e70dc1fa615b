import { missing } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { conditions, listAnswer, pagination, readPage, where, whereRange } from '../core/lists.ts';
import { range, text } from '../core/params.ts';
import type { World } from '../core/world.ts';
import { readAccount } from '../accounts/record.ts';
import { v1 } from '../http/routes.ts';
import { balanceObject } from './balance.ts';

type BookRow = Record<string, unknown> & { type: string; settled: number; fee_details: string };

const reportingCategories: Record<string, string> = {
  payment: 'charge',
  payment_refund: 'refund',
  payout_cancel: 'payout_reversal',
  payout_failure: 'payout_reversal',
  transfer_refund: 'transfer_reversal',
};

/** `/v1/balance` and `/v1/balance_transactions`. */
export const balanceRoutes = [
  v1('GET /v1/balance', {}, ({ w, account }) =>
    balanceObject(w, account, readAccount(w, account).defaults.currency),
  ),
  v1(
    'GET /v1/balance_transactions',
    {
      ...pagination,
      created: range(),
      currency: text(),
      payout: text(),
      source: text(),
      type: text(),
    },
    ({ w, account }, params) => {
      const c = conditions();
      where(c, 'account', account);
      where(c, 'currency', params.currency);
      where(c, 'payout', params.payout);
      where(c, 'source', params.source);
      where(c, 'type', params.type);
      whereRange(c, 'created', params.created);
      const { rows, hasMore } = readPage(w, 'balance_transactions', c, params);
      const data = rows.map((row) => showEntry(row as BookRow));
      return listAnswer('/v1/balance_transactions', data, hasMore);
    },
  ),
  v1('GET /v1/balance_transactions/:id', {}, ({ w, account, id }) => {
    const entry = findEntry(w, id, account);
    if (!entry) throw missing('balance transaction', id);
    return entry;
  }),
];

/** Finds one balance transaction, as it is shown; where an account is named, only its own. */
export function findEntry(w: World, id: string, account?: string): JsonObject | undefined {
  const row = w.db.get<BookRow>('select * from balance_transactions where id = ?', id);
  const foreign = account !== undefined && row?.['account'] !== account;
  return row && !foreign ? showEntry(row) : undefined;
}

/** All entries, for audits. */
export function allEntries(w: World, account?: string): JsonObject[] {
  const rows = w.db.all<BookRow>(
    `select * from balance_transactions where account like ? order by seq`,
    account ?? '%',
  );
  return rows.map((row) => ({ ...showEntry(row), account: row['account'] as string }));
}

function showEntry(row: BookRow): JsonObject {
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
