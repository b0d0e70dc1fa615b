/** Adds an item to the next write. Resolves when the item is written. */
export type Batch<T> = (item: T) => Promise<void>;

type Waiting<T> = {
  item: T;
  since: number;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/**
 * Gathers items for `gatherMs` and hands them to `write` together, one call at a time. Whoever
 * came while a call was under way is in the next, which gathers too, so that an even stream makes
 * few calls and not many small ones; a call that fails fails for each of its items.
 */
export function createBatch<T>(
  write: (items: T[]) => Promise<void>,
  { gatherMs, largest }: { gatherMs: number; largest: number },
): Batch<T> {
  let waiting: Waiting<T>[] = [];
  let busy = false;

  const flush = async (): Promise<void> => {
    const taken = waiting.slice(0, largest);
    waiting = waiting.slice(largest);
    try {
      await write(taken.map(({ item }) => item));
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
    busy = false;
    begin();
  };
  const begin = (): void => {
    const [first] = waiting;
    if (busy || first === undefined) return;
    busy = true;
    const waitMs = first.since + gatherMs - performance.now();
    setTimeout(() => void flush(), Math.max(0, waitMs));
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, since: performance.now(), resolve, reject });
      begin();
    });
}
