import { showDispute } from '../books/views.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { dropUndefined, flag, hash, range, text, unsettable } from '../core/params.ts';
import { type Route, v1 } from '../http/routes.ts';
import { conditions, listAnswer, pagination, readPage, where, whereRange } from '../store/lists.ts';
import { readRecord } from '../store/objects.ts';
import type { Dispute } from '../store/records.ts';
import { defend, lose } from './life.ts';
import { evidenceNames } from './record.ts';

const evidence = hash(Object.fromEntries(evidenceNames.map((name) => [name, unsettable(text())])));

/** `/v1/disputes`, of the platform or of the account in the header. */
export const disputeRoutes: Route[] = [
  v1(
    'GET /v1/disputes',
    { ...pagination, charge: text(), created: range() },
    ({ w, account }, params) => {
      const c = conditions();
      where(c, 'kind', 'dispute');
      where(c, 'account', account);
      where(c, "json_extract(body, '$.charge')", params.charge);
      whereRange(c, 'created', params.created);
      const { rows, hasMore } = readPage(w, 'objects', c, params);
      const data = rows.map((row) => showDispute(w, JSON.parse(String(row['body'])) as Dispute));
      return listAnswer('/v1/disputes', data, hasMore);
    },
  ),
  v1('GET /v1/disputes/:id', {}, ({ w, account, id }) =>
    showDispute(w, readRecord(w, 'dispute', id, account)),
  ),
  v1(
    'POST /v1/disputes/:id',
    { evidence, metadata: metadata(), submit: flag() },
    ({ w, account, id }, params) => {
      const dispute = readRecord(w, 'dispute', id, account);
      const defence = {
        evidence: dropUndefined(params.evidence ?? {}) as Dispute['evidence'],
        metadata: mergeMetadata(dispute.metadata, params.metadata),
        submit: params.submit ?? true,
      };
      return showDispute(w, defend(w, dispute, defence));
    },
  ),
  v1('POST /v1/disputes/:id/close', {}, ({ w, account, id }) =>
    showDispute(w, lose(w, readRecord(w, 'dispute', id, account))),
  ),
];
