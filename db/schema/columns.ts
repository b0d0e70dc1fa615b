import type { ColumnType, JSONColumnType } from 'kysely';

/** RFC 3339 in UTC with milliseconds. Read as text, so that instants compare as strings. */
export type Instant = ColumnType<string, string | undefined, string>;

/** An `Instant`, or null. */
export type MaybeInstant = ColumnType<string | null, string | null | undefined, string | null>;

/** A column that may be null, and that an insert may leave out. */
export type Maybe<T> = ColumnType<T | null, T | null | undefined, T | null>;

/** A JSON object. Written as text. */
export type Json = JSONColumnType<Record<string, unknown>>;

/** A `Json`, or null. */
export type MaybeJson = ColumnType<
  Record<string, unknown> | null,
  string | null | undefined,
  string | null
>;

/** A day without a time, `2026-12-01`, or null. */
export type MaybeDay = ColumnType<string | null, string | null | undefined, string | null>;
