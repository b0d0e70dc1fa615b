import { flag, integer, text } from '../core/params.ts';
import { listUnknown } from '../core/unknown.ts';
import { isPathPattern } from '../http/paths.ts';
import { listRequests, recordFinished } from '../http/request-log.ts';
import { control, refuse } from './define.ts';

const filters = {
  path: text(),
  method: text(),
  account: text(),
  idempotencyKey: text(),
  requestId: text(),
  errorCode: text(),
  status: integer(),
  replayed: flag(),
  after: integer(),
  limit: integer(),
};

/** `requests` and `unknown-calls`. */
export const logControls = [
  control('GET requests', filters, ({ surface }, params) => {
    const { path, limit = 1000 } = params;
    if (limit < 1 || limit > 10_000) throw refuse('limit is between 1 and 10000', 'limit');
    if (path !== undefined && !isPathPattern(path)) throw refuse('path is no regexp', 'path');
    recordFinished(surface.w, surface.finished);
    const rows = listRequests(surface.w, params, limit + 1);
    return { requests: rows.slice(0, limit), hasMore: rows.length > limit };
  }),
  control('GET unknown-calls', { after: integer() }, ({ surface }, { after }) => ({
    unknownCalls: listUnknown(surface.w, after ?? 0),
  })),
];
