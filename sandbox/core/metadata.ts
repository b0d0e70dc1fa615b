import { invalid } from './errors.ts';
import { isObject } from './json.ts';
import type { Field } from './params.ts';

/**
 * A change of metadata: `null` removes everything, and a key with the value `null` removes that
 * key.
 */
export type MetadataPatch = Record<string, string | null> | null | undefined;

/** The metadata of an object. */
export type Metadata = Record<string, string>;

/**
 * The `metadata` parameter: up to 50 keys of up to 40 characters, with values of up to 500. An
 * empty text removes a key.
 */
export function metadata(): Field<MetadataPatch> {
  return {
    read(value, name) {
      if (value === '' || value === null) return null;
      if (!isObject(value)) throw invalid('Metadata must be a hash', { param: name });
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, readValue(key, inner, name)]),
      );
    },
  };
}

/** Applies a change of metadata as Stripe does: named keys change, and other keys stay. */
export function mergeMetadata(current: Metadata, patch: MetadataPatch): Metadata {
  if (patch === null) return {};
  const merged = { ...current };
  for (const [key, value] of Object.entries(patch ?? {})) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  if (Object.keys(merged).length > 50) {
    throw invalid('You can specify up to 50 metadata keys', { param: 'metadata' });
  }
  return merged;
}

function readValue(key: string, value: unknown, name: string): string | null {
  if (value === '' || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const where = { param: `${name}[${key}]` };
  if (key.length > 40) throw invalid('Metadata keys can have up to 40 characters', where);
  if (text.length > 500) throw invalid('Metadata values can have up to 500 characters', where);
  return text;
}
