import { createHash, timingSafeEqual } from 'node:crypto';
import { newId, type ApiKeyId } from '../domain/ids.ts';
import type { Db } from './connect.ts';

/** Who calls: every command is signed by a key, never by a typed name. */
export type ApiKey = { id: ApiKeyId; name: string; role: 'admin' | 'read' };

/** What is stored of a key. Keys are random, so a plain hash cannot be searched backwards. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The key with this hash, unless it was revoked. */
export async function findApiKey(db: Db, hash: Buffer): Promise<ApiKey | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'role', 'hash'])
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row || !timingSafeEqual(row.hash, hash)) return undefined;
  return { id: row.id, name: row.name, role: row.role };
}

/** Makes a key known. One that stands already, even revoked, stays as it is. */
export async function recordApiKey(
  db: Db,
  { key, name, role }: { key: string; name: string; role: ApiKey['role'] },
): Promise<void> {
  await db
    .insertInto('api_keys')
    .values({ id: newId('key'), name, role, hash: hashKey(key) })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}
