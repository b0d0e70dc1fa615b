import { showTransfer } from '../books/views.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { oneOf, range, required, text, unsettable } from '../core/params.ts';
import { platformId } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { platform, type Route, v1 } from '../http/routes.ts';
import { amountField, currencyField } from '../money/fields.ts';
import {
  conditions,
  type Conditions,
  listAnswer,
  pagination,
  readPage,
  where,
  whereRange,
  whereShown,
} from '../store/lists.ts';
import { changedFrom, readRecord, saveRecord } from '../store/objects.ts';
import type { Transfer } from '../store/records.ts';
import { createTransfer } from './create.ts';

/** `/v1/transfers`. */
export const transferRoutes: Route[] = [
  platform(
    'POST /v1/transfers',
    {
      amount: required(amountField()),
      currency: required(currencyField()),
      description: text(),
      destination: required(text()),
      metadata: metadata(),
      source_transaction: text(),
      source_type: oneOf('bank_account', 'card', 'fpx'),
      transfer_group: text(),
    },
    ({ w }, params) => {
      const { source_transaction, source_type, transfer_group, ...rest } = params;
      const transfer = createTransfer(w, {
        ...rest,
        metadata: mergeMetadata({}, params.metadata),
        sourceTransaction: source_transaction,
        sourceType: source_type,
        transferGroup: transfer_group,
      });
      return showTransfer(w, transfer);
    },
  ),
  v1(
    'GET /v1/transfers',
    { ...pagination, created: range(), destination: text(), transfer_group: text() },
    ({ w, account }, params) => {
      const c = conditions();
      where(c, 'kind', 'transfer');
      whereIndexed(c, account, params);
      whereRange(c, 'created', params.created);
      whereShown(w, c, params);
      const { rows, hasMore } = readPage(w, 'objects', c, params);
      const transfers = rows.map((row) => JSON.parse(String(row['body'])) as Transfer);
      const data = transfers.map((transfer) => showTransfer(w, transfer));
      return listAnswer('/v1/transfers', data, hasMore);
    },
  ),
  v1('GET /v1/transfers/:id', {}, ({ w, account, id }) =>
    showTransfer(w, readRecord(w, 'transfer', id, account)),
  ),
  platform(
    'POST /v1/transfers/:id',
    { description: unsettable(text()), metadata: metadata() },
    ({ w, id }, params) => {
      const before = readRecord(w, 'transfer', id, platformId);
      const after = { ...before, metadata: mergeMetadata(before.metadata, params.metadata) };
      if (params.description !== undefined) after.description = params.description;
      saveRecord(w, after);
      const shown = showTransfer(w, after);
      emit(w, 'transfer.updated', platformId, shown, changedFrom(before, after));
      return shown;
    },
  ),
];

type Filters = { destination: string | undefined; transfer_group: string | undefined };

function whereIndexed(c: Conditions, account: string, filters: Filters): void {
  const filtered = filters.transfer_group !== undefined || filters.destination !== undefined;
  // The plus makes SQLite use the other index instead of reading all transfers in order.
  where(c, filtered ? '+account' : 'account', account);
  where(c, "json_extract(body, '$.transfer_group')", filters.transfer_group);
  where(c, "json_extract(body, '$.destination')", filters.destination);
}
