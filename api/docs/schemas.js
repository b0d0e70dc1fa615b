// Shows the schemas of an OpenAPI document, and creates examples of them.

/** Creates an element. Its children are elements or texts. */
export function el(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[children].flat());
  return made;
}

/** Resolves a `$ref` or an `allOf`, and keeps the schema's other properties. */
export function refOf(document_, schema) {
  const { $ref, allOf, ...beside } = schema;
  if (allOf) return Object.assign({}, ...allOf.map((one) => refOf(document_, one)), beside);
  if ($ref === undefined) return schema;
  const target = $ref
    .slice(2)
    .split('/')
    .reduce((at, part) => at?.[part], document_);
  return { ...refOf(document_, target ?? {}), ...beside };
}

/**
 * Creates the initial body of a request: its required fields, with their examples where they exist.
 */
export function exampleOf(document_, given) {
  const schema = refOf(document_, given);
  const { example, properties, items, required = [] } = schema;
  if (example !== undefined) return example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice && !properties) return exampleOf(document_, choice);
  if (properties) {
    const needed = [...required, ...(choice?.required ?? [])];
    const names = Object.keys(properties).filter((name) => needed.includes(name));
    return Object.fromEntries(names.map((name) => [name, exampleOf(document_, properties[name])]));
  }
  if (items) return [exampleOf(document_, items)];
  return (
    { integer: 1, number: 1, boolean: false, object: {} }[typesOf(schema)[0]] ?? textOf(schema)
  );
}

function textOf({ format, pattern }) {
  if (format === 'email') return 'ada@example.com';
  if (format === 'date-time') return new Date().toISOString();
  if (format === 'uri') return 'https://shop.example/';
  return pattern ? '…' : 'text';
}

function typesOf({ type }) {
  return [type ?? []].flat();
}

function typeText(document_, given) {
  const schema = refOf(document_, given);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices && !schema.properties)
    return choices.map((choice) => typeText(document_, choice)).join(' or ');
  if (schema.items) return `list of ${typeText(document_, schema.items)}`;
  const types = typesOf(schema).join(' or ') || 'anything';
  return schema.format ? `${types}, ${schema.format}` : types;
}

/** Lists the fields of a schema, each with its type, its allowed values and its description. */
export function schemaView(document_, given, depth = 0) {
  const schema = innermost(document_, given);
  const { properties, required = [] } = schema;
  if (!properties) {
    return el('ul', { class: 'schema' }, [el('li', {}, typeText(document_, given))]);
  }
  const rows = Object.entries(properties).map(([name, property]) => {
    const resolved = refOf(document_, property);
    const inner = innermost(document_, property);
    return el('li', {}, [
      el('code', { class: required.includes(name) ? 'must' : '' }, name),
      el('span', { class: 'type' }, ` ${typeText(document_, property)}${wordsText(resolved)}`),
      resolved.description ? ` · ${resolved.description}` : '',
      ...(inner.properties && depth < 4 ? [schemaView(document_, property, depth + 1)] : []),
    ]);
  });
  return el('ul', depth === 0 ? { class: 'schema' } : {}, rows);
}

/**
 * Names the allowed values of a text. For long lists, such as currencies and countries, gives only
 * their number.
 */
function wordsText({ enum: words = [], example }) {
  if (words.length > 30) return `: one of ${words.length}, such as ${example}`;
  return words.length > 0 ? `: ${words.join(', ')}` : '';
}

/** Finds the schema of the items of a list, or of a nullable value when it is not null. */
function innermost(document_, given) {
  const schema = refOf(document_, given);
  if (schema.items) return innermost(document_, schema.items);
  const choices = (schema.anyOf ?? schema.oneOf ?? []).map((one) => innermost(document_, one));
  return choices.find(({ properties }) => properties) ?? schema;
}
