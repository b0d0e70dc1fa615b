/** Any JSON value, so that what travels over HTTP is typed without `any`. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

/** A JSON object, the shape of every request and answer. */
export type JsonObject = { [key: string]: Json | undefined };

/** Tells an object from a list, a scalar and null, for walking parsed bodies. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Serialises with sorted keys, so that two equal requests compare as equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Compares by content, to find out which parts of an account a change touched. */
export function equal(left: unknown, right: unknown): boolean {
  return canonical(left ?? null) === canonical(right ?? null);
}

/** The text of a scalar; anything else has none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
