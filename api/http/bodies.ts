import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';
import { brokenRule, Problem } from './problems.ts';

/**
 * Checks a body before its schema does. Refuses bytes that are not UTF-8, because a lenient decoder
 * turns different names into the same text. Refuses repeated names, because a parser keeps only the
 * last value. Treats an empty body as `{}`.
 */
export const readBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const text = decode(await c.req.arrayBuffer());
    refuseRepeatedNames(text);
    // hono parses this text later. The cache holds promises, although its type says otherwise.
    Object.assign(c.req.bodyCache, { text: Promise.resolve(text || '{}') });
  }
  await next();
};

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('bad-json', 'The body must be JSON in UTF-8, but its bytes are not UTF-8');
  }
}

function refuseRepeatedNames(text: string): void {
  const path = repeatedName(text);
  if (path === undefined) return;
  throw brokenRule('body', path, 'must be given once');
}

/**
 * An object or list that is not closed yet: the names found in it, and the current name or index.
 */
type Level = { names: Set<string> | undefined; at: string | number };

const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*"(\s*:)?|[{}[\],]/g;

/**
 * Finds the path of the first name that occurs twice in one object of a JSON text, even if the two
 * are escaped differently. Undefined if there is none. The parser reports invalid JSON.
 */
export function repeatedName(text: string): (string | number)[] | undefined {
  const levels: Level[] = [];
  for (const [token, colon] of text.matchAll(tokens)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ names: new Set(), at: '' });
    else if (token === '[') levels.push({ names: undefined, at: 0 });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && typeof level?.at === 'number') level.at += 1;
    else if (colon !== undefined && level?.names) {
      level.at = unescaped(token.slice(0, -colon.length));
      if (level.names.has(level.at)) return levels.map(({ at }) => at);
      level.names.add(level.at);
    }
  }
  return undefined;
}

function unescaped(name: string): string {
  try {
    return String(JSON.parse(name));
  } catch {
    return name;
  }
}
