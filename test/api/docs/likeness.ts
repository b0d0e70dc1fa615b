import * as fc from 'fast-check';

/** As much of OpenAPI as garbage is made from. */
export type Schema = {
  $ref?: string;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
  pattern?: string;
  format?: string;
  example?: unknown;
  propertyNames?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  items?: Schema;
  additionalProperties?: Schema | boolean;
};
export type Operation = {
  parameters?: { in: string; name: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
export type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** Any text, also of characters that no form takes. */
export const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'a\0b', '\ud800', "'; drop table payouts", '-1', '1e400', '{"a":'),
);

/** Any JSON, with numbers that no column holds. */
export const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(0, -1, 0.5, 2 ** 31, 2 ** 53 - 1, 2 ** 63, 1e300, null, [], {}),
  text,
);

/** So often that a request is wrong in one place, and not in each. */
export function mostly<T>(arbitrary: fc.Arbitrary<T>) {
  return { weight: 15, arbitrary };
}

/** Mostly what a schema takes; any part may be garbage instead, or missing. */
export function like(document: Document, schema: Schema): fc.Arbitrary<unknown> {
  const { $ref, allOf, anyOf, oneOf } = schema;
  if ($ref) return like(document, document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  if (allOf) return like(document, allOf[0] ?? {});
  const choices = anyOf ?? oneOf;
  if (choices) return fc.oneof(...choices.map((one) => like(document, one)));
  const typed = mostly(ofType(document, schema));
  return 'example' in schema
    ? fc.oneof(typed, mostly(fc.constant(schema.example)), anything)
    : fc.oneof(typed, anything);
}

function ofType(document: Document, schema: Schema): fc.Arbitrary<unknown> {
  const { properties, additionalProperties, items, type, pattern, format } = schema;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object': {
      const more = typeof additionalProperties === 'object' ? additionalProperties : undefined;
      if (!properties && more) {
        const names = like(document, schema.propertyNames ?? { type: 'string' }).map(String);
        return fc.dictionary(names, like(document, more), { maxKeys: 3 });
      }
      const fields = Object.entries(properties ?? {}).map(([name, one]) => [
        name,
        like(document, one),
      ]);
      const model = Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>;
      const requiredKeys = schema.required ?? [];
      return fc.oneof(
        mostly(fc.record(model, { requiredKeys })),
        fc.record(model, { requiredKeys: [] }),
      );
    }
    case 'array':
      return fc.array(like(document, items ?? {}), { maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 1_000_000_000_000 });
    case 'boolean':
      return fc.boolean();
    case 'string':
      if (format === 'date-time') return instants;
      if (format === 'email') return fc.constant('ada@shop.example');
      // A free text is where what no database holds comes in.
      if (pattern === undefined) return fc.oneof(fc.string({ minLength: 1 }), text);
      return fc.stringMatching(new RegExp(pattern));
    default:
      return anything;
  }
}

/** Of these years mostly, else of any. */
const instants = fc
  .oneof(
    mostly(fc.date({ noInvalidDate: true, min: new Date('2000'), max: new Date('2199') })),
    fc.date({ noInvalidDate: true }),
  )
  .map((date) => date.toISOString());
