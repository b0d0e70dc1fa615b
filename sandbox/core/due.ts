import { recordUnknown } from './unknown.ts';
import type { World } from './world.ts';

/** What happens when its time comes, by the kind of the due row. */
export type DueHandlers = Record<string, (w: World, ref: string) => void>;

type DueRow = { seq: number; at: number; kind: string; ref: string };

/** Notes that something happens at a time; the same thing at the same time is noted once. */
export function schedule(w: World, at: number, kind: string, ref: string): void {
  w.db.run('insert or ignore into due (at, kind, ref) values (?, ?, ?)', at, kind, ref);
}

/** Forgets everything of this kind that still waits for this object. */
export function unschedule(w: World, kind: string, ref: string): void {
  w.db.run('delete from due where kind = ? and ref = ?', kind, ref);
}

/** Is something of this kind waiting for this object? */
export function isScheduled(w: World, kind: string, ref: string): boolean {
  return w.db.get('select 1 from due where kind = ? and ref = ?', kind, ref) !== undefined;
}

const atOnce = 100;

/** Does everything whose time has come, in order of time. */
export function processDue(w: World, handlers: DueHandlers): number {
  const until = w.clock.now();
  let count = 0;
  for (let done = atOnce; done === atOnce; count += done) {
    // Many share a transaction, since a clock moved by a month has thousands of things to do.
    done = isAnythingDue(w, until) ? w.db.transaction(() => processSome(w, handlers, until)) : 0;
  }
  return count;
}

function processSome(w: World, handlers: DueHandlers, until: number): number {
  for (let done = 0; done < atOnce; done += 1) {
    const row = w.db.get<DueRow>(
      'select seq, at, kind, ref from due where at <= ? order by at, seq limit 1',
      until,
    );
    if (!row) return done;
    w.db.run('delete from due where seq = ?', row.seq);
    w.clock.asOf(row.at, () => perform(w, row, handlers[row.kind]));
  }
  return atOnce;
}

/** A thing that cannot be done must not keep everything after it from happening. */
function perform(w: World, { kind, ref }: DueRow, handle: DueHandlers[string] | undefined): void {
  try {
    w.db.savepoint(() => handle?.(w, ref));
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`sandbox bug: ${kind} ${ref}: ${reason}\n`);
    recordUnknown(w, { method: 'DUE', path: `${kind} ${ref}`, reason });
  }
}

function isAnythingDue(w: World, until: number): boolean {
  return w.db.get('select 1 from due where at <= ? limit 1', until) !== undefined;
}
