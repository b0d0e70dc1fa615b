import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exportsOf, parse } from './sources.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), 'utf8');
const file = /`([a-z-]+\/[\w/.-]+\.ts)`/;

/** The files that a document names, each with the exports that stand beside it. */
function namedIn(document: string, beside: RegExp): { path: string; names: string[] }[] {
  const pairs = new RegExp(`${file.source}${beside.source}`, 'g');
  return [...read(document).matchAll(pairs)].map(([, path = '', exported = '']) => ({
    path,
    names: quoted(exported),
  }));
}

/** The names in backquotes. */
function quoted(names: string): string[] {
  return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}

/** The names among these that their file does not declare; all of them if there is no such file. */
function undeclaredOf(named: { path: string; names: string[] }[]): string[] {
  return named.flatMap(({ path, names }) => {
    if (!existsSync(at(path))) return [`${path} does not exist`];
    const text = read(path);
    const before = path.endsWith('.sql')
      ? '\\b(function|table|trigger|index|constraint) '
      : '^(export )?(async )?(function|const|type|class) ';
    const isDeclared = (name: string) => new RegExp(`${before}${name}\\b`, 'm').test(text);
    return names.filter((name) => !isDeclared(name)).map((name) => `${path}: ${name}`);
  });
}

/** The exports among these that their file does not have; every one if there is no such file. */
function missingOf(named: { path: string; names: string[] }[]): string[] {
  return named.flatMap(({ path, names }) => {
    if (!existsSync(at(path))) return [`${path} does not exist`];
    const exported = exportsOf(parse(read(path)));
    return names.filter((name) => !exported.includes(name)).map((name) => `${path}: ${name}`);
  });
}

describe('docs/one-payout.md', () => {
  const named = namedIn('docs/one-payout.md', /\s+\(([^)]+)\)/);

  test('names only files and exports that exist', () => {
    expect(named.length).toBeGreaterThan(45);
    expect(missingOf(named)).toEqual([]);
  });

  test('names an export beside every file', () => {
    const all = read('docs/one-payout.md').match(new RegExp(file.source, 'g')) ?? [];
    expect(named.length).toBe(all.length);
    expect(named.filter(({ names }) => names.length === 0)).toEqual([]);
  });
});

describe('docs/rules.md', () => {
  const [table = ''] = read('docs/rules.md').split('\n## ');
  const rows = table
    .split('\n')
    .filter((line) => line.includes('? |'))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  test('names in every row a file that exists and what it declares', () => {
    const named = rows.flatMap(([, , path = '', names = '', beside = '']) => [
      { path: path.replaceAll('`', ''), names: quoted(names) },
      ...[...beside.matchAll(/`([^`]+)` \(([^)]+)\)/g)].map(([, other = '', of = '']) => {
        return { path: other, names: quoted(of) };
      }),
    ]);
    expect(rows.length).toBeGreaterThan(250);
    expect(named.filter(({ names }) => names.length === 0)).toEqual([]);
    expect(undeclaredOf(named)).toEqual([]);
  });

  test('fills the four columns of every row, and asks each question once', () => {
    expect(rows.filter((row) => row.length !== 6)).toEqual([]);
    const beside = /^(|[\w ]+: `[^`]+` \(`\w+`(, `\w+`)*\))$/;
    expect(rows.filter(([, , , , other = '']) => !beside.test(other))).toEqual([]);
    const questions = rows.map(([, question]) => question);
    expect(questions.length).toBe(new Set(questions).size);
  });
});

describe('docs/decisions.md', () => {
  const text = read('docs/decisions.md');
  const headings = [...text.matchAll(/^## (\d+)\. (.*)$/gm)].map(([, number, title]) => ({
    number: Number(number),
    title: `${number}. ${title}`,
  }));

  test('numbers its entries without gaps', () => {
    expect(headings.length).toBeGreaterThan(60);
    expect(headings.map(({ number }) => number)).toEqual(headings.map((_, index) => index + 1));
  });

  test('lists every entry under "Contents", with a link to its heading', () => {
    const listed = [...text.matchAll(/^- \[(\d+\. [^\]]+)\]\(#([^)]+)\)$/gm)];
    const linked = listed.map(([, title = '', link]) => ({ title, link }));
    const wanted = headings.map(({ title }) => ({ title, link: anchorOf(title) }));
    const byNumber = (one: { title: string }, other: { title: string }): number =>
      parseInt(one.title, 10) - parseInt(other.title, 10);
    expect(linked.toSorted(byNumber)).toEqual(wanted);
  });
});

/** The link target that GitHub gives a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

const pages = ['README.md', ...readdirSync(at('docs')).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith('.md'),
);

describe('README.md', () => {
  const text = read('README.md');

  test('shows docs/shop.ts as it is', () => {
    const [, shown] = /```ts\n([^]*?)```/.exec(text) ?? [];
    expect(shown).toBe(read('docs/shop.ts'));
  });

  test('pays a first seller within 200 lines, and integrates a shop before it speaks of chaos', () => {
    const { length } = text.slice(0, text.indexOf('\n## Integrate it')).split('\n');
    expect(length).toBeLessThan(200);
    expect(text.indexOf('npm run chaos')).toBeGreaterThan(text.indexOf('```ts'));
  });
});

test('docs/settings.md lists every variable that the engine or npm start reads, and no other', () => {
  const listed = read('docs/settings.md').match(/`[A-Z_]{5,}`/g) ?? [];
  const engine = read('config.ts').match(/^ {2}[A-Z_]{5,}(?=:)/gm) ?? [];
  const launcher = read('dev/settings.ts').match(/'[A-Z_]+_PORT'/g) ?? [];
  const names = [...engine, ...launcher, 'PAYOUT_ENGINE_STATE'].map((name) =>
    name.replaceAll(/[ ']/g, ''),
  );
  expect(names.length).toBeGreaterThan(25);
  const unique = new Set(listed.map((name) => name.replaceAll('`', '')));
  expect([...unique].toSorted()).toEqual([...new Set(names)].toSorted());
});

test.each(pages)('every link of %s to this repository leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\((?!http)([^)#]*)(?:#([^)]+))?\)/g)];
  const dead = links.filter(([, path = '', anchor]) => {
    const target = path === '' ? page : posix.join(posix.dirname(page), path);
    if (!existsSync(at(target))) return true;
    if (anchor === undefined) return false;
    const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title);
    return !headings.map(anchorOf).includes(anchor);
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});

test.each([...pages, 'dev/summary.ts'])(
  'the commands of %s make a new Idempotency-Key each time',
  (document) => {
    const fixed = [...read(document).matchAll(/Idempotency-Key: *(?!\$\()\S+/gi)];
    expect(fixed.map(([text]) => text)).toEqual([]);
  },
);
