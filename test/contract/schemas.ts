import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Exchange } from '../../sandbox/core/witness.ts';
import { readDocument, type Schema } from './document.ts';

/** One place where a value breaks a rule of the document. */
export type Violation = {
  /** The schema of the document the rule stands in, and the place inside of it. */
  schema: string;
  path: string;
  rule: string;
  message: string;
  /** The place in the whole value. */
  pointer: string;
};

type Frame = { schema: string; pointer: string; found: Violation[] };

const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true });
ajv.addFormat('currency', /^[a-z]{3}$/);
ajv.addFormat('unix-time', { type: 'number', validate: Number.isSafeInteger });
ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
ajv.addFormat('binary', true);

const compiled = new Map<string, ValidateFunction>();
const ofObject = new Map<string, string[]>();
const frames: Frame[] = [];
const lookups: ((name: string) => Schema | undefined)[] = [];

/** Holds a value against one of the document's own schemas, by its name there. */
export function violationsOf(name: string, value: unknown): Violation[] {
  return check({ schema: name, pointer: '', found: [] }, componentOf(name), value);
}

/** Holds a value against a schema that has no name, such as the form of one operation. */
export function violationsIn(label: string, schema: Schema, value: unknown): Violation[] {
  return check({ schema: label, pointer: '', found: [] }, schema, value);
}

/** Lets a schema refer to others that are not the document's, by name. */
export function alsoLookIn(lookup: (name: string) => Schema | undefined): void {
  lookups.push(lookup);
}

/** The schemas of what calls itself by this word in `object`, alive or deleted. */
export function schemasOfObject(word: unknown, deleted: boolean): string[] {
  const key = `${String(word)} ${deleted}`;
  const known = ofObject.get(key);
  if (known) return known;
  const names = Object.entries(readDocument().components.schemas)
    .filter(([, { properties = {} }]) => {
      const isDeleted = 'deleted' in properties && properties['deleted']?.enum?.[0] === true;
      return properties['object']?.enum?.includes(word) && isDeleted === deleted;
    })
    .map(([name]) => name)
    .toSorted((left, right) => Number(right === word) - Number(left === word));
  ofObject.set(key, names);
  return names;
}

/** A violation that no schema words. */
export function strange(schema: string, path: string, message: string): Violation {
  return { schema, path, rule: 'known', message, pointer: path };
}

function check(frame: Frame, schema: Schema, value: unknown): Violation[] {
  const validate = compile(frame.schema, schema);
  frames.push(frame);
  try {
    validate(value);
  } finally {
    frames.pop();
  }
  for (const error of validate.errors ?? []) {
    // Says only that the branch it stands beside has an error of its own.
    if (error.keyword !== 'if') frame.found.push(violation(frame, error));
  }
  return frame.found;
}

function violation({ schema, pointer }: Frame, error: ErrorObject): Violation {
  const { missingProperty, additionalProperty, allowedValues } = error.params as {
    missingProperty?: string;
    additionalProperty?: string;
    allowedValues?: unknown[];
  };
  const named = missingProperty ?? additionalProperty;
  const path = named === undefined ? error.instancePath : `${error.instancePath}/${named}`;
  const words = allowedValues ? ` (${allowedValues.slice(0, 20).join(', ')})` : '';
  return {
    schema,
    path: path.replaceAll(/\/\d+(?=\/|$)/g, '/*'),
    rule: error.keyword,
    message: `${error.message ?? ''}${words}`,
    pointer: (pointer + path).replaceAll(/\/\d+(?=\/|$)/g, '/*'),
  };
}

/** Compiled when first met: all of the document would take seconds. */
function compile(name: string, schema: Schema): ValidateFunction {
  const known = compiled.get(name);
  if (known) return known;
  const fresh = ajv.compile(translate(schema));
  compiled.set(name, fresh);
  return fresh;
}

/** OpenAPI's dialect as JSON Schema, with no room for fields that the document does not name. */
function translate(schema: Schema): object {
  const { nullable, anyOf, $ref, ...rest } = schema;
  const inner =
    $ref !== undefined
      ? { type: 'object', component: [nameOf($ref)] }
      : anyOf
        ? translateUnion(anyOf)
        : translatePlain(rest);
  if (!nullable) return inner;
  return { if: { type: 'null' }, else: inner };
}

function translateUnion(branches: Schema[]): object {
  const names = branches.flatMap(({ $ref }) => ($ref === undefined ? [] : [nameOf($ref)]));
  if (names.length === 0) return { anyOf: branches.map(translate) };
  const [plain] = branches.filter(({ $ref }) => $ref === undefined);
  if (!plain) return { type: 'object', component: names };
  return { component: names, if: { type: 'object' }, else: translate(plain) };
}

function translatePlain({ type, format, properties, items, ...rest }: Schema): object {
  const { additionalProperties, required, enum: words, maxLength, pattern } = rest;
  const room = additionalProperties ?? (properties ? false : undefined);
  return {
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format }),
    ...(words && { enum: words }),
    ...(maxLength !== undefined && { maxLength }),
    ...(pattern !== undefined && { pattern }),
    ...(required && { required }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, translate(inner)]),
      ),
    }),
    ...(items && { items: translate(items) }),
    ...(room !== undefined && {
      additionalProperties: typeof room === 'boolean' ? room : translate(room),
    }),
  };
}

ajv.addKeyword({
  keyword: 'component',
  type: 'object',
  schemaType: 'array',
  validate(names: string[], value: unknown, _schema: unknown, at?: { instancePath: string }) {
    const outer = frames.at(-1);
    if (!outer || !at) throw new Error('a component is checked inside of a value');
    const pointer = outer.pointer + at.instancePath;
    const tries = candidates(names, value).map((schema) =>
      check({ schema, pointer, found: [] }, componentOf(schema), value),
    );
    const best = tries.toSorted((left, right) => left.length - right.length)[0] ?? [];
    outer.found.push(...best);
    return true; // its violations are told by its own frame
  },
});

/** Of several schemas, those that call themselves as the value does; else any may fit. */
function candidates(names: string[], value: unknown): string[] {
  const { object, deleted } = (value ?? {}) as { object?: unknown; deleted?: unknown };
  const fitting = schemasOfObject(object, deleted === true).filter((name) => names.includes(name));
  const open = names.flatMap((name) => componentOf(name).anyOf?.map((one) => one.$ref) ?? []);
  return fitting.length > 0 || open.length > 0 ? [...fitting, ...unions(names)] : names;
}

function unions(names: string[]): string[] {
  return names.filter((name) => componentOf(name).anyOf !== undefined);
}

function componentOf(name: string): Schema {
  const others = lookups.map((lookup) => lookup(name)).filter((one) => one !== undefined);
  const schema = readDocument().components.schemas[name] ?? others[0];
  if (!schema) throw new Error(`the document has no schema ${name}`);
  return schema;
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

/** What describes a version of the API: what breaks its rules in a request and in its answer. */
export type Description = (
  exchange: Exchange,
) => { name: string; request: Violation[]; answer: Violation[] } | undefined;
