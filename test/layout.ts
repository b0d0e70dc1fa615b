import { posix } from 'node:path';

import { exportsOf, importsOf, parse, type Source } from './sources.ts';

/**
 * Which nouns of its own layer a noun may import. A noun is an entry of the layer's folder: a file,
 * or a folder once there are two files. A noun without a row is an error, and so is a row without a
 * noun. A new edge needs a decision in docs/decisions.md.
 */
export const mayKnow: Record<string, Record<string, string>> = {
  domain: {
    accounts: '',
    attention:
      'commands failed-reads money-stops parking payouts reconciliation refusals routing stripe waits',
    commands: '',
    earnings: 'ledger',
    events: '',
    explanations:
      'accounts earnings failed-reads for-seller funds headlines holds ledger money-stops overdue parking paydays payouts reconciliation refusals routing sellers stripe waits',
    'failed-reads': '',
    'for-seller': 'funds parking routing waits',
    funding: 'funds parking paydays payouts waits',
    funds: 'holds routing',
    headlines: 'ledger parking paydays payouts waits',
    holds: 'commands',
    ledger: '',
    'money-stops': 'commands',
    overdue: 'waits',
    parking: 'overdue refusals routing stripe waits',
    paydays: 'accounts for-seller funds holds payouts sellers waits',
    payouts: 'accounts funds holds ledger parking reconciliation sellers stripe waits wake-ups',
    reconciliation: 'ledger parking',
    recovery: 'ledger payouts waits',
    refusals: 'routing stripe',
    routing: '',
    sellers: 'holds parking reconciliation wake-ups',
    stripe: '',
    'stripe-events': 'waits wake-ups',
    waits: 'failed-reads funds routing',
    'wake-ups': '',
  },
  activities: {
    accounts: 'explanations reconciliation stripe',
    database: 'explanations paydays wake-ups',
    earnings: 'stripe',
    explanations: 'paydays',
    jobs: 'wake-ups',
    operations: 'recovery stripe',
    paydays: '',
    payouts: 'stripe',
    reconciliation: 'explanations payouts stripe',
    recovery: 'stripe',
    stripe: '',
    'stripe-events': 'earnings stripe',
    'wake-ups': '',
  },
  db: {
    accounts: 'failed-reads wake-ups',
    'api-keys': '',
    attention: 'accounts commands failed-reads funds holds payouts sellers stripe wake-ups',
    commands: 'wake-ups',
    earnings: 'holds ledger',
    events: '',
    explanations:
      'accounts api-keys commands failed-reads funds holds ledger money-stops operations paydays payouts reconciliation sellers stripe',
    'failed-reads': 'wake-ups',
    funding: 'funds money-stops paydays payouts',
    funds: 'accounts failed-reads',
    holds: 'api-keys funds paydays wake-ups',
    ledger: '',
    'money-stops': 'wake-ups',
    operations: 'paydays stripe-events wake-ups',
    overdue: 'paydays payouts stripe-events wake-ups',
    paydays: 'funds wake-ups',
    payouts: 'accounts api-keys earnings funds holds ledger paydays stripe stripe-events wake-ups',
    reconciliation: 'earnings failed-reads holds ledger paydays payouts recovery wake-ups',
    recovery: 'earnings failed-reads ledger money-stops payouts wake-ups',
    sellers: 'accounts failed-reads funds holds paydays payouts stripe wake-ups',
    stripe: 'funds',
    'stripe-events': 'wake-ups',
    'wake-ups': '',
  },
  api: {
    accounts: 'stripe',
    'api-keys': '',
    attention: 'stripe waits',
    docs: 'paydays',
    earnings: 'stripe',
    events: '',
    explanations: 'accounts holds paydays payouts reconciliation stripe waits',
    funding: 'stripe',
    holds: 'payouts',
    ledger: 'stripe',
    'money-stops': 'payouts',
    operations: '',
    paydays: '',
    payouts: 'stripe waits',
    reconciliation: '',
    recovery: '',
    routing: '',
    sellers: 'accounts ledger paydays payouts stripe',
    stripe: '',
    'stripe-events': '',
    waits: '',
    'wake-ups': '',
  },
};

/**
 * Files and folders that are not nouns: any noun may import those `below`, and those `above` may
 * import any noun.
 */
const infrastructure: Record<string, { below: string; above: string }> = {
  domain: { below: 'dates ids money', above: '' },
  activities: { below: '', above: 'index' },
  db: { below: 'connect locks schema time', above: 'migrate migrations' },
  api: { below: 'http', above: 'app main' },
};

const filesInAFolder = 14;

/** Lists the violations of the layout rules in these files, each as one line for a person. */
export function layoutFaultsIn(sources: readonly Source[]): string[] {
  return [
    ...Object.keys(mayKnow).flatMap((layer) => nounFaults(sources, layer)),
    ...Object.keys(mayKnow).flatMap((layer) => namesakes(sources, layer)),
    ...fullFolders(sources),
    ...sources.flatMap(({ path }) => nameFaults(path)),
    ...sources.flatMap(reExports),
  ];
}

function nounFaults(sources: readonly Source[], layer: string): string[] {
  const { below, above } = {
    below: words(infrastructure[layer]?.below),
    above: words(infrastructure[layer]?.above),
  };
  const rows = mayKnow[layer] ?? {};
  const inLayer = sources.filter(({ path }) => path.startsWith(`${layer}/`));
  const present = new Set(inLayer.map(({ path }) => nounOf(path)));
  const known = new Set([...Object.keys(rows), ...below, ...above]);
  const edges = inLayer.flatMap((source) => edgesOf(source, layer));
  return [
    ...[...present]
      .filter((noun) => !known.has(noun))
      .map((noun) => `${layer}/${noun}: no row in mayKnow`),
    ...Object.keys(rows)
      .filter((noun) => !present.has(noun))
      .map((noun) => `${layer}/${noun}: a row in mayKnow, and no file`),
    ...edges
      .filter(({ from, to }) => known.has(from) && !above.includes(from) && !below.includes(to))
      .filter(({ from, to }) => !words(rows[from]).includes(to))
      .map(({ path, from, to }) => `${path}: ${from} may not know ${to}`),
  ];
}

function edgesOf({ path, text }: Source, layer: string) {
  return importsOf(parse(text), text)
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from }) => posix.join(posix.dirname(path), from))
    .filter((target) => target.startsWith(`${layer}/`) && nounOf(target) !== nounOf(path))
    .map((target) => ({ path, from: nounOf(path), to: nounOf(target) }));
}

/** The noun that a file belongs to: its entry in the folder of its layer. */
function nounOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

/** Two exports of a layer never share a name, so that a name always means one thing. */
function namesakes(sources: readonly Source[], layer: string): string[] {
  const homes = new Map<string, string>();
  return sources
    .filter(({ path }) => path.startsWith(`${layer}/`))
    .flatMap(({ path, text }) => exportsOf(parse(text)).map((name) => ({ path, name })))
    .flatMap(({ path, name }) => {
      const other = homes.get(name) ?? path;
      homes.set(name, other);
      return other === path ? [] : [`${path}: ${name} is also exported by ${other}`];
    });
}

function fullFolders(sources: readonly Source[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > filesInAFolder)
    .map(([folder, count]) => `${folder}: ${count} files, more than ${filesInAFolder}`);
}

/** A file never repeats the name of its folder. The layer's own folder does not count. */
function nameFaults(path: string): string[] {
  const folders = path
    .replace(/^test\//, '')
    .split('/')
    .slice(0, -1);
  const folder = folders.at(-1) ?? '';
  const stems = [folder, folder.replace(/ies$/, 'y'), folder.replace(/s$/, '')];
  const name = posix.basename(path).replace(/(\.test)?\.ts$/, '');
  const repeats = stems.some((stem) => new RegExp(`^${stem}(s|-.*)?$`).test(name));
  return folders.length > 1 && repeats ? [`${path}: repeats the name of its folder`] : [];
}

function reExports({ path, text }: Source): string[] {
  // These files export the workflows that the SDK bundles, so they are indexes whatever their
  // names.
  if (posix.basename(path) === 'index.ts' || path === 'test/workflows/changed.ts') return [];
  const lines = text.match(/^export (?:\*|type \{|\{)[^;]*/gm) ?? [];
  return lines.map((line) => `${path}: re-exports another file: ${line.split('\n')[0]}`);
}

function words(list: string | undefined): string[] {
  return list ? list.split(' ') : [];
}
