import { recordUnknown } from './unknown.ts';
import type { World } from './world.ts';

/** The handler for each kind of due item. */
export type DueHandlers = Record<string, (w: World, ref: string) => void>;

type DueRow = { seq: number; at: number; kind: string; ref: string };

/**
 * Schedules an item for a time. Scheduling the same item for the same time again changes nothing.
 */
export function schedule(w: World, at: number, kind: string, ref: string): void {
  w.db.run('insert or ignore into due (at, kind, ref) values (?, ?, ?)', at, kind, ref);
}

/** Removes every scheduled item of this kind for this object. */
export function unschedule(w: World, kind: string, ref: string): void {
  w.db.run('delete from due where kind = ? and ref = ?', kind, ref);
}

/** True if an item of this kind is scheduled for this object. */
export function isScheduled(w: World, kind: string, ref: string): boolean {
  return w.db.get('select 1 from due where kind = ? and ref = ?', kind, ref) !== undefined;
}

const atOnce = 100;

/** Processes all due items in order of time. Returns their number. */
export function processDue(w: World, handlers: DueHandlers): number {
  const until = w.clock.now();
  let count = 0;
  for (let done = atOnce; done === atOnce; count += done) {
    // One transaction processes many items, because a clock that moves by a month makes thousands
    // of items due.
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

/** Processes one item. A failure must not prevent the items after it. */
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
