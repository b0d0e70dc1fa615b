import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';
import { brokenRule, Problem } from './problems.ts';

/**
 * Reads a body before its schema does. Bytes that are not UTF-8 are refused, since a decoder would
 * make the same text of different names; a name given twice too, since only its last value would
 * count. No body at all is `{}`.
 */
export const readBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const text = decode(await c.req.arrayBuffer());
    refuseRepeatedNames(text);
    // What hono parses later: it keeps promises here, whatever its type says.
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

/** Where we are in one object or list: the names seen, and the one we are at. */
type Level = { names: Set<string> | undefined; at: string | number };

const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*"(\s*:)?|[{}[\],]/g;

/**
 * The path of the first name that stands twice in one object of a JSON text, however it is
 * escaped. What is not JSON is left to the parser.
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
