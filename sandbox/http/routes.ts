import { refusal } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { listOf, readParams, text } from '../core/params.ts';
import type { Parsed, Shape } from '../core/params.ts';
import { platformId } from '../core/world.ts';
import type { World } from '../core/world.ts';
import { expand } from './expand.ts';

/** A call as its handler receives it. */
export type Call = {
  w: World;
  /** The acting account: the platform, or the account in `Stripe-Account`. */
  account: string;
  /** The ids in the path, in order. */
  id: string;
  id2: string;
};

/** An endpoint. `run` checks the parameters, acts, and expands the answer. */
export type Route = {
  method: string;
  path: string;
  run(call: Call, input: JsonObject): JsonObject;
};

/** A route that matches a request, and the ids in its path. */
export type Match = { route: Route; ids: string[] };

type Handler<S extends Shape> = (call: Call, params: Parsed<S>) => object;

/** Defines a v1 endpoint. Every v1 endpoint accepts `expand`. */
export function v1<S extends Shape>(name: string, shape: S, handle: Handler<S>): Route {
  const { method, path } = split(name);
  const all = { ...shape, expand: listOf(text()) };
  return {
    method,
    path,
    run(call, input) {
      const params = readParams(all, input);
      const answer = handle(call, params);
      return expand(call, toJson(answer), (params as { expand?: string[] }).expand ?? []);
    },
  };
}

/** Defines a v1 endpoint that only the platform itself may call. */
export function platform<S extends Shape>(name: string, shape: S, handle: Handler<S>): Route {
  return v1(name, shape, (call, params) => {
    if (call.account === platformId) return handle(call, params);
    throw refusal('Only Stripe Connect platforms can work with other accounts.', {
      code: 'platform_account_required',
    });
  });
}

/** Defines a v2 endpoint, which uses JSON and does not accept `expand`. */
export function v2<S extends Shape>(name: string, shape: S, handle: Handler<S>): Route {
  const { method, path } = split(name);
  return {
    method,
    path,
    run: (call, input) => toJson(handle(call, readParams(shape, input))),
  };
}

/** Creates the function that finds the route of a request. */
export function routeTable(routes: Route[]): (method: string, path: string) => Match | undefined {
  const table = new Map<string, { route: Route; parts: string[] }[]>();
  for (const route of routes) {
    const parts = route.path.split('/');
    const key = `${route.method} ${parts.length}`;
    table.set(key, [...(table.get(key) ?? []), { route, parts }]);
  }
  return (method, path) => {
    const asked = path.split('/');
    for (const { route, parts } of table.get(`${method} ${asked.length}`) ?? []) {
      const ids = matchParts(parts, asked);
      if (ids) return { route, ids };
    }
    return undefined;
  };
}

function matchParts(parts: string[], asked: string[]): string[] | undefined {
  const ids: string[] = [];
  for (const [index, part] of parts.entries()) {
    const value = asked[index] ?? '';
    if (part !== value && !part.startsWith(':')) return undefined;
    if (part.startsWith(':')) ids.push(decode(value));
  }
  return ids;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function split(name: string): { method: string; path: string } {
  const [method = '', path = ''] = name.split(' ');
  return { method, path };
}

/** Converts a handler's typed record to plain JSON. */
function toJson(answer: object): JsonObject {
  return answer as { [key: string]: Json };
}
