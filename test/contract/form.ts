import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { Schema } from './document.ts';

const ajv = new Ajv({ strict: false, validateFormats: false });
const validators = new WeakMap<Schema, ValidateFunction>();

/**
 * Forms carry nothing but text: reads it as the schema wants it. What cannot be read so stays
 * text, for the schema to refuse.
 */
export function coerce(schema: Schema, value: unknown): unknown {
  if (schema.anyOf) return coerceToBranch(schema.anyOf, value);
  const { type, properties, items, additionalProperties } = schema;
  if (type === 'integer' || type === 'number') return coerceToNumber(value, type);
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  if (typeof value !== 'object' || value === null) return value;
  if (type === 'array') return Object.values(value).map((item) => coerce(items ?? {}, item));
  const free = typeof additionalProperties === 'object' ? additionalProperties : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, coerce(properties?.[key] ?? free, inner)]),
  );
}

function coerceToNumber(value: unknown, type: string): unknown {
  if (typeof value !== 'string') return value;
  const isNumber = type === 'integer' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
  return isNumber.test(value) ? Number(value) : value;
}

function coerceToBranch(branches: Schema[], value: unknown): unknown {
  for (const branch of branches) {
    const read = coerce(branch, value);
    if (validatorOf(branch)(read)) return read;
  }
  return value;
}

function validatorOf(schema: Schema): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const fresh = ajv.compile(schema);
  validators.set(schema, fresh);
  return fresh;
}
