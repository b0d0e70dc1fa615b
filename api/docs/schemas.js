// Shows the schemas of an OpenAPI document, and makes examples from them.

/** Makes an element; its children are elements and texts. */
export function el(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[children].flat());
  return made;
}

/** The schema that a `$ref` or an `allOf` leads to, with what stands beside it. */
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

/** A body to begin with: what is required, by its example where it has one. */
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

/** The fields of a schema as a list, each with its type, its choices and what it means. */
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

/** The words that a text may be; of the many codes of currencies and countries only how many. */
function wordsText({ enum: words = [], example }) {
  if (words.length > 30) return `: one of ${words.length}, as ${example}`;
  return words.length > 0 ? `: ${words.join(', ')}` : '';
}

/** What a list holds, and what something that may be null is otherwise. */
function innermost(document_, given) {
  const schema = refOf(document_, given);
  if (schema.items) return innermost(document_, schema.items);
  const choices = (schema.anyOf ?? schema.oneOf ?? []).map((one) => innermost(document_, one));
  return choices.find(({ properties }) => properties) ?? schema;
}
