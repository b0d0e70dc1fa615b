import { missing } from '../core/errors.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { flag, text } from '../core/params.ts';
import { platformId, type World } from '../core/world.ts';
import { platform, type Route } from '../http/routes.ts';
import { amountField } from '../money/fields.ts';
import { conditions, listAnswer, pagination, readPage, where } from '../store/lists.ts';
import { readRecord, saveRecord } from '../store/objects.ts';
import type { Reversal } from '../store/records.ts';
import { reverseTransfer } from './reversals.ts';

const base = '/v1/transfers/:id/reversals';

/** `/v1/transfers/:id/reversals`. */
export const reversalRoutes: Route[] = [
  platform(
    `POST ${base}`,
    {
      amount: amountField(),
      description: text(),
      metadata: metadata(),
      refund_application_fee: flag(),
    },
    ({ w, id }, params) => {
      const patch = mergeMetadata({}, params.metadata);
      return reverseTransfer(w, { transfer: id, amount: params.amount, metadata: patch });
    },
  ),
  platform(`GET ${base}`, pagination, ({ w, id }, params) => {
    readRecord(w, 'transfer', id, platformId);
    const c = conditions();
    where(c, 'kind', 'reversal');
    where(c, "json_extract(body, '$.transfer')", id);
    const { rows, hasMore } = readPage(w, 'objects', c, params);
    const data = rows.map((row) => JSON.parse(String(row['body'])) as object);
    return listAnswer(base.replace(':id', id), data, hasMore);
  }),
  platform(`GET ${base}/:reversal`, {}, ({ w, id, id2 }) => readReversal(w, id, id2)),
  platform(`POST ${base}/:reversal`, { metadata: metadata() }, ({ w, id, id2 }, params) => {
    const before = readReversal(w, id, id2);
    const after = { ...before, metadata: mergeMetadata(before.metadata, params.metadata) };
    saveRecord(w, after);
    return after;
  }),
];

function readReversal(w: World, transfer: string, id: string): Reversal {
  const reversal = readRecord(w, 'reversal', id, platformId);
  if (reversal.transfer === transfer) return reversal;
  throw missing('transfer reversal', id);
}
