import { existsSync, readFileSync } from 'node:fs';
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
    names: [...exported.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  }));
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
  test('names only files and exports that exist', () => {
    const named = namedIn('docs/rules.md', / \| ([^|\n]+) \|/);
    expect(named.length).toBeGreaterThan(45);
    expect(missingOf(named)).toEqual([]);
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
