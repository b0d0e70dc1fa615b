import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type ApiKeyId, newId, type SellerId } from '../domain/ids.ts';
import type { Db, Tx } from './connect.ts';
import { commandLock } from './locks.ts';
import { businessNow } from './time.ts';

/**
 * An order of a caller's, under the key that makes it count once, whichever API key sends it: an
 * order that is repeated after the API key was changed is the same order.
 */
export type Command = {
  apiKeyId: ApiKeyId;
  idempotencyKey: string;
  /** What tells this request from another under the same key. */
  requestHash: Buffer;
  kind: string;
};

/** What a command answered; `objectId` is what it was about. */
export type CommandAnswer = { status: number; body: Record<string, unknown>; objectId: string };

/** What became of a command. */
export type CommandOutcome<Answer> =
  { kind: 'done' | 'replayed'; answer: Answer } | { kind: 'running' } | { kind: 'other-request' };

/**
 * Runs a command once: its effect and its answer are one transaction, so that a crash leaves
 * neither and a repeat finds both. Two at once: the second is told that the first still runs. An
 * effect that throws leaves the key free.
 */
export async function executeCommand<Answer extends CommandAnswer>(
  db: Db,
  command: Command,
  effect: (tx: Tx) => Promise<Answer>,
): Promise<CommandOutcome<Answer>> {
  return await db.transaction().execute(async (tx) => {
    if (!(await begin(tx, command))) return { kind: 'running' };
    const stored = await findCommand(tx, command);
    if (stored) {
      if (!stored.request_hash.equals(command.requestHash)) return { kind: 'other-request' };
      return { kind: 'replayed', answer: stored.answer as Answer };
    }
    const answer = await effect(tx);
    await recordCommand(tx, command, answer);
    return { kind: 'done', answer };
  });
}

/**
 * Held until the transaction ends, however it ends, so that no key is ever stuck. So long, too, the
 * events that it causes name the caller.
 */
async function begin(tx: Tx, { apiKeyId, idempotencyKey }: Command): Promise<boolean> {
  const name = createHash('sha256').update(idempotencyKey).digest();
  const { rows } = await sql<{ locked: boolean }>`
    select ${commandLock(name.readBigInt64BE())} as locked,
      set_config('payout_engine.actor', ${apiKeyId}, true)
  `.execute(tx);
  return rows[0]?.locked === true;
}

/** Until the transaction ends, the events that it causes name this API key. */
export async function nameActor(tx: Tx, apiKeyId: ApiKeyId): Promise<void> {
  await sql`select set_config('payout_engine.actor', ${apiKeyId}, true)`.execute(tx);
}

async function findCommand(tx: Tx, { idempotencyKey }: Command) {
  const row = await tx
    .selectFrom('commands')
    .select(['request_hash', 'object_id', 'answer_status', 'answer'])
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst();
  if (!row) return undefined;
  const { request_hash, object_id, answer_status: status, answer } = row;
  return { request_hash, answer: { status, body: answer, objectId: object_id } };
}

/** Writes down what was ordered, and by whom, with its answer. */
export async function recordCommand(
  tx: Tx,
  command: Command,
  answer: CommandAnswer,
): Promise<void> {
  await tx
    .insertInto('commands')
    .values({
      id: newId('cmd'),
      api_key_id: command.apiKeyId,
      idempotency_key: command.idempotencyKey,
      request_hash: command.requestHash,
      kind: command.kind,
      object_id: answer.objectId,
      status: 'done',
      answer_status: answer.status,
      answer: JSON.stringify(answer.body),
      done_at: businessNow,
    })
    .execute();
}

/** What was ordered about an object, and under which API key. */
export async function listCommands(db: Db, objectId: string) {
  return selectCommands(db).where('commands.object_id', '=', objectId).execute();
}

/** What was decided about a seller and its holds; that it earned something is no decision. */
export async function listDecisions(db: Db, sellerId: SellerId) {
  return selectCommands(db)
    .where((is) =>
      is.or([
        is('commands.object_id', '=', sellerId),
        is('commands.object_id', 'in', (query) =>
          query.selectFrom('holds').select('holds.id').where('holds.seller_id', '=', sellerId),
        ),
      ]),
    )
    .where('commands.kind', '<>', 'create-earnings')
    .execute();
}

function selectCommands(db: Db) {
  return db
    .selectFrom('commands')
    .innerJoin('api_keys', 'api_keys.id', 'commands.api_key_id')
    .select(['commands.id', 'commands.kind', 'commands.created_at as at'])
    .select(['commands.object_id as objectId', reasonGiven.as('reason')])
    .select(['api_keys.id as apiKeyId', 'api_keys.name as apiKeyName'])
    .orderBy('commands.created_at');
}

/**
 * Answers keep the reasons that stand in rows, and that of an order of many. Where another key had
 * ordered it before, what stands is the reason of that one.
 */
const reasonGiven = sql<string | null>`case when answer ? 'list' then answer->>'reason'
  else case commands.kind
  when 'place-hold' then answer->>'reason'
  when 'release-hold' then answer->>'releaseReason'
  when 'waive-cooling' then answer->>'waiveReason'
  when 'pause-seller' then case when answer->'paused'->>'by' = api_key_id
    then answer->'paused'->>'reason' end
  when 'close-seller' then case when answer->'closed'->>'by' = api_key_id
    then answer->'closed'->>'reason' end end end`;
