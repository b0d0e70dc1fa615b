import type { JsonObject } from '../core/json.ts';

type Tree = { [key: string]: string | Tree };

/**
 * Parses Stripe's v1 encoding, `a[b][0]=c`, into nested objects. Lists become objects with numbers
 * as keys.
 */
export function parseForm(encoded: string): JsonObject {
  const root: Tree = Object.create(null) as Tree;
  for (const [name, value] of new URLSearchParams(encoded)) place(root, pathOf(name), value);
  return root;
}

function pathOf(name: string): string[] {
  const bracket = name.indexOf('[');
  if (bracket < 0) return [name];
  return [name.slice(0, bracket), ...name.slice(bracket + 1, -1).split('][')];
}

function place(root: Tree, path: string[], value: string): void {
  let node = root;
  const last = path.length - 1;
  for (const [depth, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(node).length) : part;
    if (depth === last) {
      node[key] = value;
      return;
    }
    const next = node[key];
    node = typeof next === 'object' ? next : (node[key] = Object.create(null) as Tree);
  }
}
