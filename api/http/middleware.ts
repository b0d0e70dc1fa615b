import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { newRequestId } from '../../domain/ids.ts';
import type { AppEnv, Log } from './context.ts';
import { brokenRule, Problem } from './problems.ts';

/**
 * Gives each request an id, and returns it in `x-request-id`. Problems and log lines contain the
 * id. A valid `x-request-id` of the caller is kept.
 */
export const identifyRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
  const given = c.req.header('x-request-id') ?? '';
  const requestId = /^[\w.-]{1,64}$/.test(given) ? given : newRequestId();
  c.set('requestId', requestId);
  await next();
  c.header('x-request-id', requestId);
};

/**
 * Logs each request with its status and the kind of its problem. The line contains the pattern of
 * the route, never the path itself.
 */
export function sayRequest(log: Log): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const start = performance.now();
    await next();
    log({
      level: c.res.status < 400 ? 'debug' : 'info',
      event: 'request',
      requestId: c.get('requestId'),
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      problem: c.error instanceof Problem ? c.error.kind : undefined,
      ms: Math.round(performance.now() - start),
      apiKey: c.get('caller')?.id,
    });
  };
}

/**
 * Refuses a body of more than `maxSize` bytes. Node enforces the Content-Length header, so only the
 * bytes of a body without this header are counted. Counting would cost more than recording a
 * webhook event.
 */
export function limitBody(maxSize: number): MiddlewareHandler<AppEnv> {
  const counting = bodyLimit({ maxSize, onError: refuseLargeBody });
  return async (c, next) => {
    const length = c.req.header('content-length');
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) {
      return counting(c, next);
    }
    if (Number(length) > maxSize) refuseLargeBody();
    return next();
  };
}

function refuseLargeBody(): never {
  throw new Problem('body-too-large', 'Send at most 1 MiB');
}

/**
 * Refuses a query that is not percent-encoded UTF-8, because hono would use the encoded text as it
 * is.
 */
export const refuseMalformedQuery: MiddlewareHandler<AppEnv> = async (c, next) => {
  for (const pair of new URL(c.req.url).search.slice(1).split('&')) {
    if (isDecodable(pair)) continue;
    const [name = ''] = pair.split('=');
    throw brokenRule('query', [isDecodable(name) ? name : ''], 'must be percent-encoded UTF-8');
  }
  await next();
};

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Describes an unexpected error for the log: its place in the code, and no value that a caller
 * sent.
 */
export function faultLine(error: Error, requestId: string): Parameters<Log>[0] {
  const fromDatabase = 'severity' in error;
  const code = 'code' in error ? String(error.code) : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    level: 'error',
    event: 'fault',
    requestId,
    name: error.name,
    code,
    message: fromDatabase || error.message.includes('@') ? undefined : error.message.slice(0, 200),
    at: frames.slice(0, 4).join(' | '),
  };
}
