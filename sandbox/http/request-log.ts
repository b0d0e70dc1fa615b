import type { SQLInputValue } from 'node:sqlite';
import type { World } from '../core/world.ts';
import type { StripeRequest } from './exchange.ts';
import { pathMatches } from './paths.ts';

/** How a request ended. */
export type Ending = { status: number | null; errorCode: string | null; replayed: boolean };

/** The filter for lines of the log. */
export type LogFilter = {
  after?: number | undefined;
  method?: string | undefined;
  path?: string | undefined;
  account?: string | undefined;
  idempotencyKey?: string | undefined;
  requestId?: string | undefined;
  errorCode?: string | undefined;
  status?: number | undefined;
  replayed?: boolean | undefined;
};

type LogRow = Record<string, unknown> & { path: string; body: string; replayed: number };

/** Records a request. If the request has an effect, the record is part of the same transaction. */
export function recordRequest(w: World, request: StripeRequest, ending: Ending): void {
  w.db.run(
    `insert into requests (at, clock, method, path, account, idempotency_key, replayed, status, body,
      request_id, error_code) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    request.at,
    w.clock.now(),
    request.method,
    request.path,
    request.account,
    request.key,
    Number(ending.replayed),
    ending.status,
    JSON.stringify(request.params),
    request.id,
    ending.errorCode,
  );
}

/** Records a request whose connection was closed before it had any effect. */
export function recordDropped(w: World, request: StripeRequest): void {
  recordRequest(w, request, { status: null, errorCode: 'dropped', replayed: false });
}

/**
 * Records when answers were written. The caller passes many at once, because the times are only
 * informative.
 */
export function recordFinished(w: World, finished: Map<string, number>): void {
  if (finished.size === 0) return;
  w.db.transaction(() => {
    for (const [requestId, at] of finished) {
      w.db.run('update requests set finished_at = ? where request_id = ?', at, requestId);
    }
  });
  finished.clear();
}

/** Lists the log, oldest first, at most `limit` lines. */
export function listRequests(w: World, filter: LogFilter, limit: number): object[] {
  const { path, after = 0, replayed } = filter;
  const clauses = ['seq > ?'];
  const values: SQLInputValue[] = [after];
  const columns = {
    method: filter.method,
    account: filter.account,
    idempotency_key: filter.idempotencyKey,
    request_id: filter.requestId,
    error_code: filter.errorCode,
    status: filter.status,
    replayed: replayed === undefined ? undefined : Number(replayed),
  };
  for (const [column, value] of Object.entries(columns)) {
    if (value === undefined) continue;
    clauses.push(`${column} = ?`);
    values.push(value);
  }
  const found = w.db.all<LogRow>(
    `select * from requests where ${clauses.join(' and ')} order by seq limit ?`,
    ...values,
    path === undefined ? limit : -1,
  );
  const rows = path === undefined ? found : found.filter((row) => pathMatches(path, row.path));
  return rows.slice(0, limit).map((row) => showLine(row));
}

function showLine(row: LogRow): object {
  return {
    seq: row['seq'],
    at: row['at'],
    finishedAt: row['finished_at'],
    clock: row['clock'],
    method: row['method'],
    path: row.path,
    account: row['account'],
    idempotencyKey: row['idempotency_key'],
    replayed: row.replayed === 1,
    status: row['status'],
    body: JSON.parse(row.body) as unknown,
    requestId: row['request_id'],
    errorCode: row['error_code'],
  };
}
