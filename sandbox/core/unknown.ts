import type { Unknown } from './witness.ts';
import type { World } from './world.ts';

/** Records what the sandbox could not do, so that a test can fail on it. */
export function recordUnknown(w: World, { method, path, reason }: Unknown): void {
  w.witness?.unknown({ method, path, reason });
  w.db.run(
    'insert into unknown_calls (at, method, path, reason) values (?, ?, ?, ?)',
    Date.now(),
    method,
    path,
    reason,
  );
}

/** Lists the requests that the sandbox does not support, from a sequence number on. */
export function listUnknown(w: World, after: number): object[] {
  return w.db.all('select * from unknown_calls where seq > ? order by seq', after);
}
