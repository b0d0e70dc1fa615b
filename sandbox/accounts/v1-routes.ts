import { invalid } from '../core/errors.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { oneOf, range, required } from '../core/params.ts';
import { platformId, type World } from '../core/world.ts';
import { platform, type Route, v1 } from '../http/routes.ts';
import {
  conditions,
  listAnswer,
  pagination,
  readPage,
  whereRange,
  whereShown,
} from '../store/lists.ts';
import type { AccountRecord } from '../store/records.ts';
import { changeAccount } from './change.ts';
import { readAccount } from './record.ts';
import { accountView } from './v1-view.ts';

const reasons = [
  'credit',
  'fraud_no_intent_to_fulfill',
  'fraud_other',
  'fraud_payment_method_casher',
  'fraud_payment_method_tester',
  'other',
  'terms_of_service',
] as const;

/** The v1 routes of accounts: the platform's own account, and its connected accounts. */
export const accountV1Routes: Route[] = [
  v1('GET /v1/account', {}, ({ w, account }) => accountView(w, readAccount(w, account))),
  { method: 'POST', path: '/v1/accounts', run: refuseCreation },
  platform('GET /v1/accounts', { ...pagination, created: range() }, ({ w }, params) => {
    const c = conditions();
    c.sql.push("kind = 'account'", `id <> '${platformId}'`);
    whereRange(c, 'created', params.created);
    whereShown(w, c, params);
    const { rows, hasMore } = readPage(w, 'objects', c, params);
    const accounts = rows.map((row) => JSON.parse(String(row['body'])) as AccountRecord);
    const data = accounts.map((account) => accountView(w, account));
    return listAnswer('/v1/accounts', data, hasMore);
  }),
  platform('GET /v1/accounts/:id', {}, ({ w, id }) => accountView(w, readAccount(w, id))),
  platform('POST /v1/accounts/:id', { metadata: metadata() }, ({ w, id }, params) => {
    const account = changeAccount(w, id, (draft) => {
      draft.metadata = mergeMetadata(draft.metadata, params.metadata);
    });
    return accountView(w, account);
  }),
  platform(
    'POST /v1/accounts/:id/reject',
    { payouts_action: oneOf('pause'), reason: required(oneOf(...reasons)) },
    ({ w, id }) => accountView(w, setRejected(w, id, true)),
  ),
  platform('POST /v1/accounts/:id/unreject', {}, ({ w, id }) =>
    accountView(w, setRejected(w, id, false)),
  ),
];

function setRejected(w: World, id: string, rejected: boolean): AccountRecord {
  return changeAccount(w, id, (draft) => {
    draft.internal.rejected = rejected;
  });
}

function refuseCreation(): never {
  throw invalid(
    'Stripe no longer recommends Accounts v1 for new Connect integrations. Create connected ' +
      'accounts with POST /v2/core/accounts instead.',
  );
}
