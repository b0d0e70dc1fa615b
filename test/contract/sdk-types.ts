import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';
import type { Schema } from './document.ts';

type Node = { type: string; [field: string]: unknown };
type Declared = { node: Node; scope: string[] };

/** The types of some files of Stripe's package, readable as schemas. */
export type SdkTypes = {
  /** The schema of an interface, by its name with its namespaces. */
  schemaOf(name: string): Schema;
  names: string[];
};

/** What the files name but other files define; no value of it is looked into. */
const elsewhere: Record<string, Schema> = {
  OtherString: { type: 'string' },
  Metadata: { type: 'object', additionalProperties: { type: 'string' } },
  MetadataParam: { type: 'object', additionalProperties: { type: 'string', nullable: true } },
  Decimal: { type: 'string' },
  V2Amount: {
    type: 'object',
    properties: { value: { type: 'number' }, currency: { type: 'string' } },
    required: ['value', 'currency'],
    additionalProperties: false,
  },
  // lib.d.ts, with the bounds of a list of events
  RangeQueryParam: { anyOf: [{ type: 'object' }, { type: 'integer' }] },
};

/**
 * Reads the declarations of Stripe's package as schemas: nothing else describes v2. What is
 * optional there is null on the wire, and enums may grow where the package says so.
 */
export function readSdkTypes(...files: string[]): SdkTypes {
  const declared = new Map<string, Declared>();
  for (const file of files) {
    const program = parseAst(readFileSync(join(resources, file), 'utf8'), { lang: 'ts' });
    for (const node of program.body) declare(declared, node as unknown as Node, []);
  }
  const schemas = new Map<string, Schema>();
  return {
    names: [...declared.keys()],
    schemaOf(name) {
      const schema = schemas.get(name) ?? readInterface(declared, name);
      schemas.set(name, schema);
      return schema;
    },
  };
}

const resources = fileURLToPath(
  new URL('../../node_modules/stripe/esm/resources', import.meta.url),
);

function declare(declared: Map<string, Declared>, statement: Node, scope: string[]): void {
  const node = (statement['declaration'] as Node | null | undefined) ?? statement;
  if (!('id' in node) || !node['id']) return;
  const path = [...scope, ...nameOf(node['id'] as Node).split('.')];
  if (node.type === 'TSModuleDeclaration') {
    for (const inner of (node['body'] as { body: Node[] }).body) declare(declared, inner, path);
  } else if (node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration') {
    declared.set(path.join('.'), { node, scope });
  }
}

/** A name means the innermost declaration around its use; an interface is left to be read later. */
function read(declared: Map<string, Declared>, name: string, scope: string[]): Schema {
  for (let depth = scope.length; depth >= 0; depth -= 1) {
    const path = [...scope.slice(0, depth), name].join('.');
    const found = declared.get(path);
    if (found?.node.type === 'TSInterfaceDeclaration') return { $ref: path };
    if (found) return readType(declared, found.node['typeAnnotation'] as Node, found.scope);
  }
  const known = elsewhere[name];
  if (known) return known;
  throw new Error(`the package's types do not declare ${name} within ${scope.join('.')}`);
}

function readInterface(declared: Map<string, Declared>, name: string): Schema {
  const found = declared.get(name);
  if (!found) throw new Error(`the package's types do not declare ${name}`);
  const { node, scope } = found;
  const own = readMembers(declared, (node['body'] as { body: Node[] }).body, scope);
  const bases = (node['extends'] as { expression: Node }[]).map(({ expression }) =>
    readInterface(declared, nameOf(expression)),
  );
  const all = [...bases, own];
  return {
    ...own,
    properties: Object.assign({}, ...all.map((one) => one.properties)) as Record<string, Schema>,
    required: [...new Set(all.flatMap((one) => one.required ?? []))],
  };
}

function readMembers(declared: Map<string, Declared>, members: Node[], scope: string[]): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  let additionalProperties: boolean | Schema = false;
  for (const member of members) {
    if (member.type === 'TSIndexSignature') {
      additionalProperties = readType(declared, annotationOf(member), scope);
    }
    if (member.type !== 'TSPropertySignature') continue;
    const key = member['key'] as { name?: string; value?: string };
    const name = key.name ?? String(key.value);
    const schema = readType(declared, annotationOf(member), scope);
    properties[name] = member['optional'] ? { ...schema, nullable: true } : schema;
    if (!member['optional']) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties };
}

const keywords: Record<string, Schema> = {
  TSStringKeyword: { type: 'string' },
  TSNumberKeyword: { type: 'number' },
  TSBooleanKeyword: { type: 'boolean' },
  TSNullKeyword: { type: 'null' },
  TSUnknownKeyword: {},
};

function readType(declared: Map<string, Declared>, node: Node, scope: string[]): Schema {
  const keyword = keywords[node.type];
  if (keyword) return keyword;
  const inner = (one: unknown) => readType(declared, one as Node, scope);
  if (node.type === 'TSLiteralType') return { enum: [(node['literal'] as Node)['value']] };
  if (node.type === 'TSUnionType') return readUnion((node['types'] as Node[]).map(inner));
  if (node.type === 'TSArrayType') return { type: 'array', items: inner(node['elementType']) };
  if (node.type === 'TSTypeLiteral') return readMembers(declared, node['members'] as Node[], scope);
  if (node.type !== 'TSTypeReference') throw new Error(`cannot read a ${node.type}`);
  const name = nameOf(node['typeName'] as Node);
  const [argument] = (node['typeArguments'] as { params: Node[] } | null)?.params ?? [];
  if (name === 'Array') return { type: 'array', items: inner(argument) };
  if (name === 'Emptyable') return { anyOf: [{ enum: [''] }, inner(argument)], nullable: true };
  return read(declared, name, scope);
}

function readUnion(branches: Schema[]): Schema {
  const words = branches.flatMap((branch) => branch.enum ?? []);
  return words.length === branches.length ? { enum: words } : { anyOf: branches };
}

function annotationOf(node: Node): Node {
  return (node['typeAnnotation'] as { typeAnnotation: Node }).typeAnnotation;
}

function nameOf(node: Node): string {
  if (node.type === 'TSQualifiedName') {
    return `${nameOf(node['left'] as Node)}.${nameOf(node['right'] as Node)}`;
  }
  return String(node['name'] ?? node['value']);
}
