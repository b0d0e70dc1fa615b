/** Reports progress to the person at the terminal. Nothing else in `dev/` writes there. */
export type Say = (line: string) => void;

export const say: Say = (line) => void process.stdout.write(`${line}\n`);

/**
 * Waits for work. If the work takes longer than two seconds, says so, and repeats it every five
 * seconds.
 */
export async function saying<T>(tell: Say, what: string, work: Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const report = (): void => tell(`${what} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    tell(`${what} ...`);
    every = setInterval(report, 5000);
  }, 2000);
  try {
    return await work;
  } finally {
    clearTimeout(first);
    clearInterval(every);
  }
}

/** A failure whose message is for the person at the terminal. It is shown without a stack. */
export class Stopped extends Error {
  override name = 'Stopped';
}
