/** A fact once it is there; until then nothing, or a no. */
type Answer<T> = T | undefined | false | null;

/**
 * Waits for a fact: asks until it holds, answers with it, and names it when it never does. Asks soon
 * at first and then more rarely, so that a long wait costs those who work little.
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
