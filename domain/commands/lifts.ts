/**
 * What a request to lift a stop of all money or a pause of a seller does. Stops and pauses are
 * lists: lifting one lifts no other, and money moves only while none is open.
 */
export type LiftPlan<Open> =
  | { kind: 'lift'; lifted: Open }
  /** The request names none, and none is open. */
  | { kind: 'nothing-to-lift' }
  | { kind: 'refuse'; why: 'not-named' | 'not-open' };

/**
 * Decides what a request lifts: the stop or pause that it names. A request without a name lifts
 * only a single open one that the caller ordered, because nobody else knows whether the reason of
 * somebody else still applies.
 */
export function planLift<Open extends Ordered>(
  open: readonly Open[],
  { id, by }: { id?: string | undefined; by: string },
): LiftPlan<Open> {
  if (id !== undefined) {
    const named = open.find((one) => one.id === id);
    return named ? { kind: 'lift', lifted: named } : { kind: 'refuse', why: 'not-open' };
  }
  const [only, ...others] = open;
  if (!only) return { kind: 'nothing-to-lift' };
  const isOwn = others.length === 0 && whoOrdered(only) === by;
  return isOwn ? { kind: 'lift', lifted: only } : { kind: 'refuse', why: 'not-named' };
}

type Ordered = { id: string } & ({ stoppedBy: string } | { pausedBy: string });

function whoOrdered(one: Ordered): string {
  return 'stoppedBy' in one ? one.stoppedBy : one.pausedBy;
}

/** Says who ordered a stop or a pause, and who must be asked before it is lifted. */
export function sayWhomToAsk(ordered: 'Stopped' | 'Paused', name: string): string {
  const what = ordered === 'Stopped' ? 'stop' : 'pause';
  return `${ordered} with the API key "${name}". Ask whoever used it before you lift this ${what}: only they know whether the reason still applies`;
}
