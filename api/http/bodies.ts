import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';
import { brokenRule, Problem } from './problems.ts';

/**
 * Checks a body before its schema does. Bytes that are not UTF-8 are refused, because a lenient
 * decoder turns different names into the same text. A repeated name is refused, because a parser
 * keeps only the last value. An empty body counts as `{}`.
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
    throw new Problem('bad-json', 'The body must be JSON in UTF-8, and its bytes are not UTF-8');
  }
}

function refuseRepeatedNames(text: string): void {
  const path = repeatedName(text);
  if (path === undefined) return;
  throw brokenRule('body', path, 'must be given once');
}

/** One open object or list: the names seen in it, and the current name or index. */
type Level = { names: Set<string> | undefined; at: string | number };

const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*"(\s*:)?|[{}[\],]/g;

/**
 * Finds the path of the first name that occurs twice in one object of a JSON text, also if it is
 * escaped differently. Invalid JSON is left to the parser.
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
