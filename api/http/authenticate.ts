import type { MiddlewareHandler } from 'hono';
import { type ApiKey, findApiKey, hashKey } from '../../db/api-keys.ts';
import type { Db } from '../../db/connect.ts';
import type { AppEnv } from './context.ts';
import { Problem } from './problems.ts';

/** Seconds for which a process may still accept a key after it was revoked. */
const believedSeconds = 2;
const mostBelieved = 1000;

/**
 * Requires a valid API key, and sets `caller`. A key with the role `read` may only read. Throws the
 * problems `unauthenticated` and `forbidden`.
 */
export function authenticate(db: Db): MiddlewareHandler<AppEnv> {
  const find = believingFor(believedSeconds, (hash) => findApiKey(db, hash));
  return async (c, next) => {
    const key = /^Bearer +([\x21-\x7e]{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (key === undefined) throw unauthenticated('Send Authorization: Bearer <api key>');
    const caller = await find(hashKey(key));
    if (!caller) throw unauthenticated('This API key is unknown or was revoked');
    if (caller.role === 'read' && c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      throw new Problem('forbidden', 'This request needs an API key with the role admin');
    }
    c.set('caller', caller);
    await next();
  };
}

function unauthenticated(detail: string): Problem {
  return new Problem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });
}

/** Caches valid keys for some seconds, so that not every request reads the database. */
function believingFor(seconds: number, find: (hash: Buffer) => Promise<ApiKey | undefined>) {
  const believed = new Map<string, { key: ApiKey; until: number }>();
  return async (hash: Buffer): Promise<ApiKey | undefined> => {
    const name = hash.toString('base64');
    const known = believed.get(name);
    if (known && known.until > performance.now()) return known.key;
    const key = await find(hash);
    if (believed.size >= mostBelieved) believed.clear();
    if (key) believed.set(name, { key, until: performance.now() + seconds * 1000 });
    else believed.delete(name);
    return key;
  };
}
