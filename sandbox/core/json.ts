/** Any JSON value, so that HTTP bodies are typed without `any`. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

/** A JSON object, such as the body of a request or an answer. */
export type JsonObject = { [key: string]: Json | undefined };

/** True for an object, and false for a list, a scalar or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Serializes with sorted keys, so that equal requests have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/**
 * Compares two values by content, for example the parts of an account before and after a change.
 */
export function equal(left: unknown, right: unknown): boolean {
  return canonical(left ?? null) === canonical(right ?? null);
}

/** The text of a string or number. Any other value gives an empty text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
