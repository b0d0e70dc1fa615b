import { show } from '../books/views.ts';
import { invalid } from '../core/errors.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { flag, hash, oneOf, range, required, text, unsettable } from '../core/params.ts';
import { emit } from '../events/emit.ts';
import { type Route, v1 } from '../http/routes.ts';
import { amountField, currencyField } from '../money/fields.ts';
import { conditions, listAnswer, pagination, readPage, where, whereRange } from '../store/lists.ts';
import { changedFrom, readRecord, saveRecord } from '../store/objects.ts';
import type { Charge } from '../store/records.ts';
import { createCharge } from './create.ts';

/** `/v1/charges`; acting for an account, its direct charges and the transfers it received. */
export const chargeRoutes: Route[] = [
  v1(
    'POST /v1/charges',
    {
      amount: required(amountField(8)),
      capture: flag(),
      currency: required(currencyField()),
      description: text(),
      metadata: metadata(),
      source: required(text()),
      transfer_data: hash({ amount: amountField(8), destination: required(text()) }),
      transfer_group: text(),
    },
    ({ w, account }, params) => {
      if (params.capture === false) {
        throw invalid('The sandbox only makes charges that are captured at once.', {
          param: 'capture',
        });
      }
      const charge = createCharge(w, {
        account,
        amount: params.amount,
        currency: params.currency,
        description: params.description,
        metadata: mergeMetadata({}, params.metadata),
        source: params.source,
        transferData: params.transfer_data,
        transferGroup: params.transfer_group,
      });
      return show(w, charge);
    },
  ),
  v1(
    'GET /v1/charges',
    { ...pagination, created: range(), transfer_group: text() },
    ({ w, account }, params) => {
      const c = conditions();
      where(c, 'kind', 'charge');
      where(c, params.transfer_group === undefined ? 'account' : '+account', account);
      where(c, "json_extract(body, '$.transfer_group')", params.transfer_group);
      whereRange(c, 'created', params.created);
      const { rows, hasMore } = readPage(w, 'objects', c, params);
      const data = rows.map((row) => show(w, JSON.parse(String(row['body'])) as Charge));
      return listAnswer('/v1/charges', data, hasMore);
    },
  ),
  v1('GET /v1/charges/:id', {}, ({ w, account, id }) =>
    show(w, readRecord(w, 'charge', id, account)),
  ),
  v1(
    'POST /v1/charges/:id',
    {
      description: unsettable(text()),
      fraud_details: hash({ user_report: oneOf('fraudulent', 'safe') }),
      metadata: metadata(),
      transfer_group: text(),
    },
    ({ w, account, id }, params) => {
      const before = readRecord(w, 'charge', id, account);
      const after = { ...before, metadata: mergeMetadata(before.metadata, params.metadata) };
      if (params.description !== undefined) after.description = params.description;
      if (params.transfer_group !== undefined) after.transfer_group = params.transfer_group;
      saveRecord(w, after);
      const shown = show(w, after);
      emit(w, 'charge.updated', account, shown, changedFrom(before, after));
      return shown;
    },
  ),
];
