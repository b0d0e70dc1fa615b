import { newId } from '../core/ids.ts';
import { range, text } from '../core/params.ts';
import type { World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { type Route, v1 } from '../http/routes.ts';
import { conditions, listAnswer, pagination, readPage, where, whereRange } from '../store/lists.ts';
import { allRecords, insertRecord, readRecord, saveRecord } from '../store/objects.ts';
import type { EarlyFraudWarning } from '../store/warning-record.ts';

const base = '/v1/radar/early_fraud_warnings';

/** `/v1/radar/early_fraud_warnings`. */
export const warningRoutes: Route[] = [
  v1(
    `GET ${base}`,
    { ...pagination, charge: text(), created: range() },
    ({ w, account }, params) => {
      const c = conditions();
      where(c, 'kind', 'early_fraud_warning');
      where(c, 'account', account);
      where(c, "json_extract(body, '$.charge')", params.charge);
      whereRange(c, 'created', params.created);
      const { rows, hasMore } = readPage(w, 'objects', c, params);
      const data = rows.map((row) => JSON.parse(String(row['body'])) as EarlyFraudWarning);
      return listAnswer(base, data, hasMore);
    },
  ),
  v1(`GET ${base}/:id`, {}, ({ w, account, id }) =>
    readRecord(w, 'early_fraud_warning', id, account),
  ),
];

/** The bank of a card warns that a charge on it may be a fraud. */
export function warnOf(w: World, account: string, charge: string): void {
  const warning: EarlyFraudWarning = {
    id: newId('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge,
    created: w.clock.seconds(),
    fraud_type: 'misc',
    livemode: false,
  };
  insertRecord(w, 'early_fraud_warning', account, warning);
  emit(w, 'radar.early_fraud_warning.created', account, warning);
}

/** Once a charge is disputed or all given back, nothing is left to be done about its warning. */
export function settleWarning(w: World, account: string, charge: string): void {
  const warnings = allRecords(w, 'early_fraud_warning', account);
  const open = warnings.find((one) => one.charge === charge && one.actionable);
  if (!open) return;
  const after = { ...open, actionable: false };
  saveRecord(w, after);
  emit(w, 'radar.early_fraud_warning.updated', account, after, { actionable: true });
}
