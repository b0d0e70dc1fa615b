import { mergeMetadata, metadata } from '../core/metadata.ts';
import { flag, oneOf, range, required, text } from '../core/params.ts';
import { emit } from '../events/emit.ts';
import { type Call, type Route, v1 } from '../http/routes.ts';
import { amountField } from '../money/fields.ts';
import { conditions, listAnswer, pagination, readPage, where, whereRange } from '../store/lists.ts';
import { changedFrom, readRecord, saveRecord } from '../store/objects.ts';
import { createRefund } from './create.ts';

const order = {
  amount: amountField(),
  metadata: metadata(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
  reverse_transfer: flag(),
};

/** `/v1/refunds`, and the same below a charge. */
export const refundRoutes: Route[] = [
  v1('POST /v1/refunds', { ...order, charge: required(text()) }, ({ w, account }, params) => {
    const { reverse_transfer: reverseTransfer, ...rest } = params;
    const patch = mergeMetadata({}, params.metadata);
    return createRefund(w, { ...rest, account, reverseTransfer, metadata: patch });
  }),
  v1('POST /v1/charges/:id/refunds', order, ({ w, account, id }, params) => {
    const { reverse_transfer: reverseTransfer, ...rest } = params;
    const patch = mergeMetadata({}, params.metadata);
    return createRefund(w, { ...rest, account, charge: id, reverseTransfer, metadata: patch });
  }),
  v1(
    'GET /v1/refunds',
    { ...pagination, charge: text(), created: range() },
    (call, { charge, ...page }) => listRefunds(call, '/v1/refunds', charge, page),
  ),
  v1('GET /v1/charges/:id/refunds', pagination, (call, page) =>
    listRefunds(call, `/v1/charges/${call.id}/refunds`, call.id, page),
  ),
  v1('GET /v1/refunds/:id', {}, ({ w, account, id }) => readRecord(w, 'refund', id, account)),
  v1('POST /v1/refunds/:id', { metadata: metadata() }, ({ w, account, id }, params) => {
    const before = readRecord(w, 'refund', id, account);
    const after = { ...before, metadata: mergeMetadata(before.metadata, params.metadata) };
    saveRecord(w, after);
    emit(w, 'refund.updated', account, after, changedFrom(before, after));
    return after;
  }),
];

type Page = Parameters<typeof readPage>[3] & { created?: Parameters<typeof whereRange>[2] };

function listRefunds(call: Call, url: string, charge: string | undefined, page: Page) {
  const c = conditions();
  where(c, 'kind', 'refund');
  where(c, charge === undefined ? 'account' : '+account', call.account);
  where(c, "json_extract(body, '$.charge')", charge);
  whereRange(c, 'created', page.created);
  const { rows, hasMore } = readPage(call.w, 'objects', c, page);
  const data = rows.map((row) => JSON.parse(String(row['body'])) as object);
  return listAnswer(url, data, hasMore);
}
