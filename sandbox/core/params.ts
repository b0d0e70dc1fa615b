import { invalid } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';

/** An accepted parameter. `read` converts its text or JSON to a value. */
export type Field<T> = { read(value: unknown, name: string): T; required?: true };

/** The accepted parameters of a route. Other parameters are refused. */
export type Shape = Record<string, Field<unknown>>;

/** The values that a handler receives for a shape. */
export type Parsed<S extends Shape> = { [K in keyof S]: S[K] extends Field<infer T> ? T : never };

/** Reads the parameters of a request. Refuses unknown, missing and malformed parameters. */
export function readParams<S extends Shape>(shape: S, input: JsonObject, prefix = ''): Parsed<S> {
  const nameOf = (key: string) => (prefix ? `${prefix}[${key}]` : key);
  for (const key of Object.keys(input)) {
    if (!Object.hasOwn(shape, key)) throw unknownParameter(nameOf(key));
  }
  const parsed: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(shape)) {
    const value = input[key];
    if (value === undefined && field.required) throw missingParameter(nameOf(key));
    parsed[key] = value === undefined ? undefined : field.read(value, nameOf(key));
  }
  return parsed as Parsed<S>;
}

/** Marks a field as required. */
export function required<T>(field: Field<T | undefined>): Field<T> {
  return { ...field, required: true } as Field<T>;
}

/** A text that must not be empty. */
export function text(): Field<string | undefined> {
  return { read: readText };
}

/** A field that an empty text or null removes. */
export function unsettable<T>(field: Field<T | undefined>): Field<T | null | undefined> {
  return {
    read: (value, name) => (value === '' || value === null ? null : field.read(value, name)),
  };
}

/** A text that is one of these words. */
export function oneOf<T extends string>(...words: T[]): Field<T | undefined> {
  return {
    read(value, name) {
      const word = words.find((known) => known === value);
      if (word !== undefined) return word;
      throw invalid(`Invalid ${name}: must be one of ${words.join(', ')}`, { param: name });
    },
  };
}

/** A whole number. */
export function integer(): Field<number | undefined> {
  return {
    read(value, name) {
      const number =
        typeof value === 'number' ? value : Number(/^-?\d+$/.test(written(value)) ? value : NaN);
      if (Number.isSafeInteger(number)) return number;
      throw invalid(`Invalid integer: ${written(value)}`, {
        code: 'parameter_invalid_integer',
        param: name,
      });
    },
  };
}

/** A fraction between 0 and 1. */
export function share(): Field<number | undefined> {
  return {
    read(value, name) {
      const number = typeof value === 'number' ? value : Number.NaN;
      if (number >= 0 && number <= 1) return number;
      throw invalid(`${name} is between 0 and 1`, { param: name });
    },
  };
}

/** A boolean. Forms send it as a word. */
export function flag(): Field<boolean | undefined> {
  return {
    read(value, name) {
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw invalid(`Invalid boolean: ${written(value)}`, { param: name });
    },
  };
}

/** A list of values. Forms send it with numbered brackets. */
export function listOf<T>(field: Field<T | undefined>): Field<T[] | undefined> {
  return {
    read(value, name) {
      const items = Array.isArray(value)
        ? value
        : isObject(value)
          ? Object.values(value)
          : undefined;
      if (!items) throw invalid(`Invalid array`, { param: name });
      return items.map((item, index) => field.read(item, `${name}[${index}]`) as T);
    },
  };
}

/** An object with its own parameters, checked like those of a request. */
export function hash<S extends Shape>(shape: S): Field<Parsed<S> | undefined> {
  return {
    read(value, name) {
      if (!isObject(value)) throw invalid(`Invalid object`, { param: name });
      return readParams(shape, value, name);
    },
  };
}

/** An object with arbitrary keys, such as amounts by currency. */
export function mapOf<T>(field: Field<T>): Field<Record<string, T> | undefined> {
  return {
    read(value, name) {
      if (!isObject(value)) throw invalid(`Invalid hash`, { param: name });
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, field.read(inner, `${name}[${key}]`)]),
      );
    },
  };
}

/** Arbitrary JSON, which the sandbox stores but does not interpret. */
export function anything(): Field<JsonObject | undefined> {
  return { read: (value) => (isObject(value) ? value : {}) };
}

/** A range of instants, in seconds. */
export type Range = { gt?: number; gte?: number; lt?: number; lte?: number };

/** A filter such as `created`: an instant or a range of instants. */
export function range(): Field<Range | undefined> {
  const bounds = { gt: integer(), gte: integer(), lt: integer(), lte: integer() };
  return {
    read(value, name) {
      if (isObject(value)) return dropUndefined(readParams(bounds, value, name));
      const exact = integer().read(value, name) as number;
      return { gte: exact, lte: exact };
    },
  };
}

/** Removes undefined fields, so that absent fields stay absent. */
export function dropUndefined<T extends object>(
  value: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function readText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') return String(value);
  if (value !== '') throw invalid(`Invalid string: ${JSON.stringify(value)}`, { param: name });
  throw invalid(
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a ` +
      `parameter; however '${name}' cannot be unset. You should remove '${name}' from your request ` +
      `or supply a non-empty value.`,
    { code: 'parameter_invalid_empty', param: name },
  );
}

/** Formats a value for a message. Objects from forms may lack `toString`. */
function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unknownParameter(name: string) {
  return invalid(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name });
}

function missingParameter(name: string) {
  return invalid(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name });
}
