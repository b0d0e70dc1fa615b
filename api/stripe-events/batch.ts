/**
 * Adds an item to the next write. Resolves when the item is written, and rejects if the write
 * fails.
 */
export type Batch<T> = (item: T) => Promise<void>;

type Waiting<T> = {
  item: T;
  since: number;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/**
 * Creates a batch: it gathers items for `gatherMs` and then writes up to `largest` of them in one
 * call. Calls never overlap. Items that arrive during a call are gathered for the next call, so
 * that a steady stream causes a few large calls instead of many small ones. If a call fails, it
 * rejects every item of the call.
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
