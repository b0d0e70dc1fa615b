/** The expected value. Undefined, false or null while it does not exist yet. */
type Answer<T> = T | undefined | false | null;

/**
 * Asks repeatedly until the expected value exists, then returns it. If it never exists, throws an
 * error that names it. The pauses grow, so that a long wait takes little time from the processes
 * that work.
 */
export async function until<T>(
  fact: string,
  ask: () => Promise<Answer<T>> | Answer<T>,
  limitMs = 110_000,
): Promise<T> {
  const startedAt = performance.now();
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.3, 200)) {
    const found = await ask();
    if (found) return found;
    if (performance.now() - startedAt > limitMs) {
      throw new Error(`waited ${limitMs / 1000} s in vain until ${fact}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
