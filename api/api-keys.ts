import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as db from '../db/api-keys.ts';
import { isApiKeyId } from '../domain/ids.ts';
import { runCommand } from './http/commands.ts';
import { type AppDeps, type AppEnv, createRoutes } from './http/context.ts';
import { defineRoute } from './http/define-route.ts';
import { afterOf, pageOf, PageQuery, toPage } from './http/pages.ts';
import { Problem } from './http/problems.ts';
import * as schemas from './http/schemas.ts';
import { answer, ApiKeyParams, body } from './http/schemas.ts';

const NewApiKey = z
  .strictObject({
    name: schemas.text(100).openapi({ example: 'billing service' }),
    role: z
      .enum(['admin', 'read'])
      .openapi({ description: 'A key with the role `read` cannot change anything' }),
  })
  .openapi('NewApiKey');

const fields = {
  id: z.string(),
  name: z.string(),
  role: z.enum(['admin', 'read']),
  createdAt: schemas.Instant,
  revokedAt: schemas.Instant.nullable(),
};
const ApiKey = z.object(fields).openapi('ApiKey');
const MadeApiKey = z
  .object({
    ...fields,
    key: z.string().optional().openapi({
      description:
        'The key itself. Only the first answer contains it, because the engine stores only its hash. Absent if the request is repeated',
    }),
  })
  .openapi('MadeApiKey');

const tags = ['API keys'];
const headers = schemas.CommandHeaders;

const createKey = defineRoute({
  method: 'post',
  path: '/v1/api-keys',
  command: 'create-api-key',
  operationId: 'createApiKey',
  summary: 'Create an API key',
  tags,
  request: { headers, body: body(NewApiKey) },
  responses: { 201: answer(MadeApiKey, 'The new API key') },
});

const listKeys = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  operationId: 'listApiKeys',
  summary: 'List API keys, newest first',
  tags,
  request: { query: z.strictObject(PageQuery) },
  responses: { 200: answer(pageOf(ApiKey), 'A page of API keys') },
});

const revokeKey = defineRoute({
  method: 'post',
  path: '/v1/api-keys/{keyId}/revoke',
  command: 'revoke-api-key',
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key',
  description: 'API processes may accept the key for two more seconds. A key cannot revoke itself.',
  tags,
  request: { params: ApiKeyParams, headers, body: body(z.strictObject({})) },
  responses: { 200: answer(ApiKey, 'The revoked API key') },
});

/**
 * Routes that create, list and revoke API keys. They require a key with the role `admin`; otherwise
 * they answer with the problem `forbidden`.
 */
export function apiKeyRoutes(deps: AppDeps) {
  return createRoutes()
    .openapi(createKey, async (c) => {
      requireAdmin(c);
      const asked = c.req.valid('json');
      // The stored answer must not contain the key, because anyone who reads it could use the key.
      let key: string | undefined;
      const done = await runCommand(
        c,
        deps,
        { kind: 'create-api-key', request: asked },
        async (tx) => {
          const made = db.newKey();
          const stands = await db.createApiKey(tx, { ...asked, key: made });
          key = made;
          return { status: 201 as const, body: stands, objectId: stands.id };
        },
      );
      c.header('cache-control', 'no-store');
      return c.json({ ...done.body, ...(key !== undefined && { key }) }, done.status);
    })
    .openapi(listKeys, async (c) => {
      requireAdmin(c);
      const { limit, cursor } = c.req.valid('query');
      const rows = await db.listApiKeys(deps.db, { limit, after: afterOf(cursor, isApiKeyId) });
      return c.json(
        toPage(rows, limit, (key) => key),
        200,
      );
    })
    .openapi(revokeKey, async (c) => {
      requireAdmin(c);
      const { keyId } = c.req.valid('param');
      const by = c.get('caller').id;
      const done = await runCommand(
        c,
        deps,
        { kind: 'revoke-api-key', request: {} },
        async (tx) => {
          const revoked = await db.revokeApiKey(tx, { keyId, by });
          if (revoked === 'unknown') throw new Problem('unknown-api-key', 'No API key has this id');
          if (revoked === 'itself')
            throw new Problem('api-key-in-use', 'Use another API key to revoke this one');
          if (revoked === 'revoker-revoked') {
            throw new Problem('unauthenticated', 'This API key was revoked');
          }
          return { status: 200 as const, body: revoked, objectId: keyId };
        },
      );
      return c.json(done.body, 200);
    });
}

function requireAdmin(c: Context<AppEnv>): void {
  if (c.get('caller').role === 'admin') return;
  throw new Problem('forbidden', 'This request needs an API key with the role admin');
}
