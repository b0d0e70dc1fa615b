/** Tells the person at the terminal what happens; the only place of `dev/` that writes there. */
export type Say = (line: string) => void;

export const say: Say = (line) => void process.stdout.write(`${line}\n`);

/** Waits for work and, when it takes longer than two seconds, says so, and again every five. */
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

/** A failure whose message is for the person at the terminal; shown without a stack. */
export class Stopped extends Error {
  override name = 'Stopped';
}
