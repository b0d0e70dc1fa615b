import type { Unknown } from './witness.ts';
import type { World } from './world.ts';

/** Records a request that the sandbox does not support, so that a test can detect it. */
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

/** Lists the unsupported requests after a sequence number. */
export function listUnknown(w: World, after: number): object[] {
  return w.db.all('select * from unknown_calls where seq > ? order by seq', after);
}
