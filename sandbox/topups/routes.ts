import { mergeMetadata, metadata } from '../core/metadata.ts';
import { oneOf, range, required, text, unsettable } from '../core/params.ts';
import { platformId } from '../core/world.ts';
import { platform, type Route } from '../http/routes.ts';
import { amountField, currencyField, shortText } from '../money/fields.ts';
import { conditions, listAnswer, pagination, readPage, where, whereRange } from '../store/lists.ts';
import { readRecord, saveRecord, view } from '../store/objects.ts';
import type { Topup } from '../store/records.ts';
import { cancelTopup, createTopup } from './life.ts';

/** `/v1/topups`. */
export const topupRoutes: Route[] = [
  platform(
    'POST /v1/topups',
    {
      amount: required(amountField()),
      currency: required(currencyField()),
      description: text(),
      metadata: metadata(),
      source: text(),
      statement_descriptor: shortText(15),
      transfer_group: text(),
    },
    ({ w }, params) => {
      const { statement_descriptor, transfer_group, ...rest } = params;
      const order = {
        ...rest,
        metadata: mergeMetadata({}, params.metadata),
        statementDescriptor: statement_descriptor,
        transferGroup: transfer_group,
      };
      return view(createTopup(w, order));
    },
  ),
  platform(
    'GET /v1/topups',
    {
      ...pagination,
      amount: range(),
      created: range(),
      status: oneOf('canceled', 'failed', 'pending', 'succeeded'),
    },
    ({ w }, params) => {
      const c = conditions();
      where(c, 'kind', 'topup');
      where(c, "json_extract(body, '$.status')", params.status);
      whereRange(c, 'created', params.created);
      whereRange(c, "json_extract(body, '$.amount')", params.amount);
      const { rows, hasMore } = readPage(w, 'objects', c, params);
      const data = rows.map((row) => view(JSON.parse(String(row['body'])) as Topup));
      return listAnswer('/v1/topups', data, hasMore);
    },
  ),
  platform('GET /v1/topups/:id', {}, ({ w, id }) => view(readRecord(w, 'topup', id, platformId))),
  platform(
    'POST /v1/topups/:id',
    { description: unsettable(text()), metadata: metadata() },
    ({ w, id }, params) => {
      const before = readRecord(w, 'topup', id, platformId);
      const after = { ...before, metadata: mergeMetadata(before.metadata, params.metadata) };
      if (params.description !== undefined) after.description = params.description;
      saveRecord(w, after);
      return view(after);
    },
  ),
  platform('POST /v1/topups/:id/cancel', {}, ({ w, id }) => view(cancelTopup(w, id))),
];
