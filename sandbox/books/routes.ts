import { readAccount } from '../accounts/record.ts';
import type { DueHandlers } from '../core/due.ts';
import { missing } from '../core/errors.ts';
import { range, text } from '../core/params.ts';
import { type Route, v1 } from '../http/routes.ts';
import { conditions, listAnswer, pagination, readPage, where, whereRange } from '../store/lists.ts';
import { type BookRow, findEntry, showEntry } from './balance-transactions.ts';
import { balanceObject, settle } from './balance.ts';

/** `/v1/balance` and `/v1/balance_transactions`. */
export const bookRoutes: Route[] = [
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

/** What the books do when its time comes. */
export const bookDue: DueHandlers = { settle };
