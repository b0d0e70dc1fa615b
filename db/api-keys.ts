import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { type ApiKeyId, newId } from '../domain/ids.ts';
import type { Db, Tx } from './connect.ts';
import { lock, lockAdminKey } from './locks.ts';
import type { Database } from './schema/index.ts';

/** An API key, which identifies the caller. Every command records the key, never a typed name. */
export type ApiKey = { id: ApiKeyId; name: string; role: 'admin' | 'read' };

/** Hashes a key for storage. Keys are random, so a plain hash cannot be reversed by guessing. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The key with this hash, unless the key was revoked. */
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

/** The names of keys by id. An id that belongs to no key has no name. */
export async function readKeyNames(
  db: Db,
  ids: readonly string[],
): Promise<Record<string, string | undefined>> {
  if (ids.length === 0) return {};
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'name'])
    .where('id', 'in', ids as ApiKeyId[])
    .execute();
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}

/** The name of the key in this column. A value that is no key's id stands for itself. */
export function nameOfKey(column: string) {
  return sql<string | null>`coalesce((select name from api_keys as named
    where named.id = ${sql.ref(column)}), ${sql.ref(column)})`;
}

/**
 * Stores the key from `ADMIN_API_KEY`, and revokes the keys that came from this variable before.
 * Only a key that is new in the variable revokes others: a process that still has an old value, or
 * a revoked one, changes nothing. Returns whether the key is valid.
 */
export async function recordAdminKey(db: Db, key: string): Promise<{ isValid: boolean }> {
  return db.transaction().execute(async (tx) => {
    await lockAdminKey(tx);
    const hash = hashKey(key);
    const added = await tx
      .insertInto('api_keys')
      .values({ id: newId('key'), name: 'ADMIN_API_KEY', role: 'admin', hash, is_variable: true })
      .onConflict((conflict) =>
        conflict.column('hash').doUpdateSet({ is_variable: true })
          .where(sql<boolean>`api_keys.role = 'admin' and api_keys.revoked_at is null
            and not api_keys.is_variable`),
      )
      .returning('id')
      .executeTakeFirst();
    if (!added) return { isValid: (await findApiKey(tx, hash)) !== undefined };
    await tx
      .updateTable('api_keys')
      .set({ revoked_at: sql<string>`now()` })
      .where('is_variable', '=', true)
      .where('revoked_at', 'is', null)
      .where('id', '<>', added.id)
      .execute();
    return { isValid: true };
  });
}

/** A key as operators see it, without the key itself. */
export type ApiKeyRecord = ApiKey & { createdAt: string; revokedAt: string | null };

/** Creates a key: 160 random bits, with a prefix by which a search for leaked keys finds it. */
export function newKey(): string {
  return `pe_${randomBytes(20).toString('hex')}`;
}

/** Stores a new key. Throws if the key exists. */
export async function createApiKey(
  tx: Tx,
  { key, name, role }: { key: string; name: string; role: ApiKey['role'] },
): Promise<ApiKeyRecord> {
  const row = await tx
    .insertInto('api_keys')
    .values({ id: newId('key'), name, role, hash: hashKey(key) })
    .returning(shown)
    .executeTakeFirstOrThrow();
  return toRecord(row);
}

/** Lists keys, newest first. Returns one more than the limit if there are more. */
export async function listApiKeys(
  db: Db,
  { after, limit }: { after?: ApiKeyId | undefined; limit: number },
): Promise<ApiKeyRecord[]> {
  let query = db.selectFrom('api_keys').select(shown);
  if (after) {
    query = query.where(
      sql<boolean>`(created_at, id) < (select created_at, id from api_keys where id = ${after})`,
    );
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return rows.map(toRecord);
}

/** The key with this id as operators see it, valid or revoked. */
export async function findKeyRecord(db: Db, id: ApiKeyId): Promise<ApiKeyRecord | undefined> {
  const row = await db.selectFrom('api_keys').select(shown).where('id', '=', id).executeTakeFirst();
  return row && toRecord(row);
}

/**
 * Revokes a key. A revoked key stays unchanged. Both keys are locked, so that two keys that revoke
 * each other at the same time do not leave the engine without any key.
 */
export async function revokeApiKey(
  tx: Tx,
  { keyId, by }: { keyId: ApiKeyId; by: ApiKeyId },
): Promise<ApiKeyRecord | 'unknown' | 'itself' | 'revoker-revoked'> {
  if (keyId === by) return 'itself';
  const rows = await tx
    .selectFrom('api_keys')
    .select(shown)
    .where('id', 'in', [keyId, by])
    .orderBy('id')
    .modifyEnd(lock('api_keys', 'alone'))
    .execute();
  const row = rows.find(({ id }) => id === keyId);
  if (rows.some(({ id, revoked_at }) => id === by && revoked_at !== null)) return 'revoker-revoked';
  if (!row) return 'unknown';
  if (row.revoked_at !== null) return toRecord(row);
  const revoked = await tx
    .updateTable('api_keys')
    .set({ revoked_at: sql<string>`now()` })
    .where('id', '=', keyId)
    .returning(shown)
    .executeTakeFirstOrThrow();
  return toRecord(revoked);
}

const shown = ['id', 'name', 'role', 'created_at', 'revoked_at'] as const;
type Shown = Pick<Selectable<Database['api_keys']>, (typeof shown)[number]>;

function toRecord({ id, name, role, created_at, revoked_at }: Shown): ApiKeyRecord {
  return { id, name, role, createdAt: created_at, revokedAt: revoked_at };
}
