/** Waits for a fact: asks until it holds, and says what it last saw when it never does. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false | null>,
  limitMs = 60_000,
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (performance.now() - startedAt > limitMs) {
      throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
