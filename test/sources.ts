import { readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseAst } from 'vitest/node';

/** A source file, with its path from the top of the checkout. */
export type Source = { path: string; text: string };

/** A node of the syntax tree. */
export type Node = { type: string; start: number; end: number; [field: string]: unknown };

/** A module that a file imports or exports from. */
export type Import = { from: string; isType: boolean };

/** Folders that are created on this machine and never committed. */
const made = ['node_modules', '.payout-engine'];

/** Reads every source file of the checkout. */
export function readSources(): Source[] {
  return namesAtTop()
    .flatMap((name) => (statSync(`${root}${name}`).isDirectory() ? below(name) : [name]))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));
}

/** The names at the top of the checkout, without folders that are created on this machine. */
export function namesAtTop(): string[] {
  return readdirSync(root).filter((name) => !made.includes(name));
}

const root = fileURLToPath(new URL('../', import.meta.url));

function below(folder: string): string[] {
  const names = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  return names.map((name) => posix.join(folder, name));
}

/** Parses a source into its syntax tree. */
export function parse(text: string): Node {
  return parseAst(text, { lang: 'ts' }) as unknown as Node;
}

/** Every string of a source, and every string in quotes inside its SQL, with its line. */
export function stringsOf({ text }: Source): { value: string; line: string }[] {
  const found: { value: string; line: string }[] = [];
  const add = (value: string, at: number) => {
    const end = text.indexOf('\n', at);
    found.push({
      value,
      line: text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end),
    });
  };
  walk(parse(text), (node) => {
    if (node.type === 'Literal' && typeof node.value === 'string') add(node.value, node.start);
    if (node.type !== 'TemplateElement') return;
    for (const quoted of text.slice(node.start, node.end).matchAll(/'([^']*)'/g)) {
      add(quoted[1] ?? '', node.start + quoted.index);
    }
  });
  return found;
}

/** Lists every module that a file refers to with `import`, `export` or a type. */
export function importsOf(program: Node, text: string): Import[] {
  const found: Import[] = [];
  walk(program, (node) => {
    const source = node.source as Node | null | undefined;
    if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
    const isType = /^(im|ex)port\s+type\b/.test(text.slice(node.start, node.end));
    found.push({ from: source.value, isType: isType || node.type === 'TSImportType' });
  });
  return found;
}

/** Lists the names that a file exports. */
export function exportsOf(program: Node): string[] {
  return (program.body as Node[]).flatMap(({ type, declaration }) => {
    const declared = declaration as Node | null | undefined;
    if (type !== 'ExportNamedDeclaration' || !declared) return [];
    const all = (declared.declarations as Node[] | undefined) ?? [declared];
    return all.map(({ id }) => String((id as Node).name));
  });
}

/** Visits a node and every node below it. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const field of Object.values(node)) {
    for (const inner of Array.isArray(field) ? (field as unknown[]) : [field]) {
      if (isNode(inner)) walk(inner, visit);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
