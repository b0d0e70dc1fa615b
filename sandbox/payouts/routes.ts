import { mergeMetadata, metadata } from '../core/metadata.ts';
import { oneOf, range, required, text } from '../core/params.ts';
import { type Route, v1 } from '../http/routes.ts';
import { amountField, currencyField, shortText } from '../money/fields.ts';
import {
  conditions,
  listAnswer,
  pagination,
  readPage,
  where,
  whereRange,
  whereShown,
} from '../store/lists.ts';
import { readRecord } from '../store/objects.ts';
import { createPayout } from './create.ts';
import { cancelPayout, change } from './life.ts';
import { reversePayout } from './reversals.ts';

/** `/v1/payouts`, acting for the platform or for the account in the header. */
export const payoutRoutes: Route[] = [
  v1(
    'POST /v1/payouts',
    {
      amount: required(amountField()),
      currency: required(currencyField()),
      description: text(),
      destination: text(),
      metadata: metadata(),
      method: oneOf('standard', 'instant'),
      source_type: oneOf('bank_account', 'card', 'fpx'),
      statement_descriptor: shortText(22),
    },
    ({ w, account }, params) => {
      const { source_type, statement_descriptor, ...rest } = params;
      return createPayout(w, {
        ...rest,
        account,
        metadata: mergeMetadata({}, params.metadata),
        sourceType: source_type,
        statementDescriptor: statement_descriptor,
      });
    },
  ),
  v1(
    'GET /v1/payouts',
    {
      ...pagination,
      arrival_date: range(),
      created: range(),
      destination: text(),
      status: oneOf('pending', 'in_transit', 'paid', 'failed', 'canceled'),
    },
    ({ w, account }, params) => {
      const c = conditions();
      where(c, 'kind', 'payout');
      where(c, 'account', account);
      where(c, "json_extract(body, '$.destination')", params.destination);
      where(c, "json_extract(body, '$.status')", params.status);
      whereRange(c, 'created', params.created);
      whereShown(w, c, params);
      whereRange(c, "json_extract(body, '$.arrival_date')", params.arrival_date);
      const { rows, hasMore } = readPage(w, 'objects', c, params);
      const data = rows.map((row) => JSON.parse(String(row['body'])) as object);
      return listAnswer('/v1/payouts', data, hasMore);
    },
  ),
  v1('GET /v1/payouts/:id', {}, ({ w, account, id }) => readRecord(w, 'payout', id, account)),
  v1('POST /v1/payouts/:id', { metadata: metadata() }, ({ w, account, id }, params) => {
    const payout = readRecord(w, 'payout', id, account);
    const merged = mergeMetadata(payout.metadata, params.metadata);
    return change(w, payout, { metadata: merged }, ['payout.updated']);
  }),
  v1('POST /v1/payouts/:id/cancel', {}, ({ w, account, id }) => cancelPayout(w, account, id)),
  v1('POST /v1/payouts/:id/reverse', { metadata: metadata() }, ({ w, account, id }, params) =>
    reversePayout(w, account, id, mergeMetadata({}, params.metadata)),
  ),
];
