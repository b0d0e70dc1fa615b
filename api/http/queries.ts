import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';
import { type BrokenRule, Problem } from './problems.ts';
import { toPointer } from './refusals.ts';

/**
 * Refuses queries that cannot be read, and any query of a route that takes none: `?dryRun=true`
 * must never be ignored.
 */
export function refuseStrayQueries(app: OpenAPIHono<AppEnv>): MiddlewareHandler<AppEnv> {
  let takeNone: { method: string; pattern: RegExp }[] | undefined;
  return async (c, next) => {
    const names = queryNames(new URL(c.req.url).search);
    if (names.length > 0) {
      takeNone ??= routesWithoutQuery(app);
      const isStray = takeNone.some(({ method, pattern }) => {
        return method === c.req.method && pattern.test(c.req.path);
      });
      if (isStray) throw refusalOf(names, 'is not a field of this request');
    }
    await next();
  };
}

function queryNames(search: string): string[] {
  const pairs = search.slice(1).split('&').filter(Boolean);
  return pairs.map((pair) => {
    const [name = ''] = pair.split('=');
    if (isDecodable(pair)) return decodeURIComponent(name.replaceAll('+', ' '));
    throw refusalOf([isDecodable(name) ? name : ''], 'must be percent-encoded UTF-8');
  });
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function routesWithoutQuery({ openAPIRegistry }: OpenAPIHono<AppEnv>) {
  return openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route' || definition.route.request?.query) return [];
    const { method, path } = definition.route;
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return [{ method: method.toUpperCase(), pattern }];
  });
}

function refusalOf(names: readonly string[], rule: string): Problem {
  const errors = names.map((name): BrokenRule => {
    return { in: 'query', pointer: toPointer([name]), rule };
  });
  return new Problem('invalid-request', `${errors[0]?.pointer}: ${rule}`, { errors });
}
