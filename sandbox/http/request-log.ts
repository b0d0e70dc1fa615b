import type { World } from '../core/world.ts';

/** One line of the request log. */
export type LoggedRequest = {
  at: number;
  method: string;
  path: string;
  account: string;
  idempotencyKey: string | null;
  replayed: boolean;
  status: number | null;
  body: string;
  requestId: string;
  errorCode: string | null;
};

type LogRow = Record<string, unknown> & { seq: number; body: string; replayed: number };

/** Records a request, in the transaction of its effect where it had one. */
export function recordRequest(w: World, line: LoggedRequest): void {
  w.db.run(
    `insert into requests (at, clock, method, path, account, idempotency_key, replayed, status, body,
      request_id, error_code) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    line.at,
    w.clock.now(),
    line.method,
    line.path,
    line.account,
    line.idempotencyKey,
    Number(line.replayed),
    line.status,
    line.body,
    line.requestId,
    line.errorCode,
  );
}

/** Notes when answers were written; called with many at once, since it only informs. */
export function recordFinished(w: World, finished: Map<string, number>): void {
  if (finished.size === 0) return;
  w.db.transaction(() => {
    for (const [requestId, at] of finished) {
      w.db.run('update requests set finished_at = ? where request_id = ?', at, requestId);
    }
  });
  finished.clear();
}

/** Records a call that the sandbox does not know, so that a test can fail on it. */
export function recordUnknownCall(w: World, method: string, path: string, reason: string): void {
  w.db.run(
    'insert into unknown_calls (at, method, path, reason) values (?, ?, ?, ?)',
    Date.now(),
    method,
    path,
    reason,
  );
}

/** The log from a sequence number on, optionally of one method and path (`*` ends a prefix). */
export function listRequests(w: World, filter: { since: number; method?: string; path?: string }) {
  const like = filter.path?.endsWith('*') ? `${filter.path.slice(0, -1)}%` : (filter.path ?? '%');
  const rows = w.db.all<LogRow>(
    'select * from requests where seq > ? and method like ? and path like ? order by seq',
    filter.since,
    filter.method ?? '%',
    like,
  );
  return rows.map((row) => ({
    seq: row.seq,
    at: row['at'],
    finishedAt: row['finished_at'],
    clock: row['clock'],
    method: row['method'],
    path: row['path'],
    account: row['account'],
    idempotencyKey: row['idempotency_key'],
    replayed: row.replayed === 1,
    status: row['status'],
    body: JSON.parse(row.body) as unknown,
    requestId: row['request_id'],
    errorCode: row['error_code'],
  }));
}

/** The calls nobody taught the sandbox. */
export function listUnknownCalls(w: World) {
  return w.db.all('select * from unknown_calls order by seq');
}
