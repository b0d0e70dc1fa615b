import { invalid } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';
import { showById } from '../books/views.ts';

/** Replaces ids with the objects they name, along paths such as `data.balance_transaction`. */
export function expand({ w }: { w: World }, answer: JsonObject, paths: string[]): JsonObject {
  let expanded: Json = answer;
  for (const path of paths) expanded = expandPath(w, expanded, path.split('.'), path);
  return expanded as JsonObject;
}

function expandPath(
  w: World,
  node: Json,
  path: string[],
  whole: string,
  isOfAnyKind = false,
): Json {
  const [key, ...rest] = path;
  if (key === undefined || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => expandPath(w, item, path, whole));
  if (isOfAnyKind && isObject(node) && !(key in node)) return node;
  if (!isObject(node) || !(key in node)) throw notExpandable(whole);
  const value = node[key] ?? null;
  const object = typeof value === 'string' ? showById(w, value) : value;
  if (object === undefined) throw notExpandable(whole);
  return { ...node, [key]: expandPath(w, object, rest, whole, isOfMovement(node, key)) };
}

/**
 * True if the field is the source of a balance transaction. Sources have different types, so a
 * source without the rest of the path stays unchanged.
 */
function isOfMovement({ object }: JsonObject, key: string): boolean {
  return object === 'balance_transaction' && key === 'source';
}

function notExpandable(path: string) {
  return invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
}
