import { processDue } from '../core/due.ts';
import { integer, required } from '../core/params.ts';
import type { World } from '../core/world.ts';
import { control, refuse } from './define.ts';

/** `health` and `clock`. */
export const clockControls = [
  control('GET health', {}, ({ surface: { w } }) => ({ ok: true, pid: process.pid, ...show(w) })),
  control('GET clock', {}, ({ surface: { w } }) => show(w)),
  control('POST clock', { offsetMs: required(integer()) }, ({ surface }, { offsetMs }) => {
    const { w } = surface;
    const before = w.clock.offsetMs();
    if (offsetMs < before) {
      throw refuse(`The clock only moves forward; offsetMs is ${before} already`, 'offsetMs');
    }
    w.clock.setOffset(offsetMs);
    const done = processDue(w, surface.due);
    return { ...show(w), done };
  }),
];

function show(w: World): object {
  const now = w.clock.now();
  const next = w.db.get<{ at: number }>('select at from due order by at limit 1');
  return {
    offsetMs: w.clock.offsetMs(),
    now: new Date(now).toISOString(),
    nowMs: now,
    nextDueMs: next?.at ?? null,
  };
}
