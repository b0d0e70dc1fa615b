import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { mostHappened } from '../domain/explanations/timeline.ts';
import { type ApiKeyId, newId, type SellerId } from '../domain/ids.ts';
import type { SellerChange } from '../domain/paydays/schedule-words.ts';
import type { Db, Tx } from './connect.ts';
import { commandLock } from './locks.ts';
import { businessNow } from './time.ts';
import { transact } from './wake-ups.ts';

/**
 * A caller's command. Its idempotency key makes the command count only once, whichever API key
 * sends it: a repeat under a new API key is the same command.
 */
export type Command = {
  apiKeyId: ApiKeyId;
  idempotencyKey: string;
  /** Distinguishes this request from another one under the same key. */
  requestHash: Buffer;
  kind: string;
};

/** The answer to a command. `objectId` is the object that the command was about. */
export type CommandAnswer = { status: number; body: Record<string, unknown>; objectId: string };

/** How a command ended. A replayed command names when it acted before. */
export type CommandOutcome<Answer> =
  | { kind: 'done'; answer: Answer }
  | { kind: 'replayed'; answer: Answer; before: string; actedAgain: boolean }
  | { kind: 'running' }
  | { kind: 'other-request' };

/**
 * Runs a command once. The effect and the answer are committed in one transaction, so a crash
 * leaves neither and a repeat finds both. If the effect of a repeated command no longer applies, as
 * `stillApplies` says, the command acts again: this is the rule for brakes, in
 * domain/commands/kinds.ts. Returns `running` while another request runs the same command. If the
 * effect throws, nothing is recorded, and the idempotency key can be used again.
 */
export async function executeCommand<Answer extends CommandAnswer>(
  db: Db,
  command: Command,
  effect: (tx: Tx, isAgain: boolean) => Promise<Answer>,
  stillApplies: StillApplies = async () => true,
): Promise<CommandOutcome<Answer>> {
  return await transact(db, async (tx) => {
    if (!(await begin(tx, command))) return { kind: 'running' };
    const last = await findLastAct(tx, command.idempotencyKey);
    if (!last) {
      const answer = await effect(tx, false);
      await recordCommand(tx, command, answer);
      return { kind: 'done', answer };
    }
    if (!last.requestHash.equals(command.requestHash)) return { kind: 'other-request' };
    const { at: before } = last;
    if (await stillApplies(tx, last.answer)) {
      return { kind: 'replayed', answer: last.answer as Answer, before, actedAgain: false };
    }
    const answer = await effect(tx, true);
    await recordCommand(tx, command, answer, last.act + 1);
    return { kind: 'replayed', answer, before, actedAgain: true };
  });
}

/** Says whether the effect of a command that has run still applies. */
export type StillApplies = (db: Db, answered: CommandAnswer) => Promise<boolean>;

/**
 * True if a request under this idempotency key acts when it runs: the key is new, or the effect of
 * the brake that used it no longer applies.
 */
export async function willAct(
  db: Db,
  idempotencyKey: string,
  stillApplies: StillApplies = async () => true,
): Promise<boolean> {
  const last = await findLastAct(db, idempotencyKey);
  return last === undefined || !(await stillApplies(db, last.answer));
}

/**
 * Locks the idempotency key until the transaction commits or rolls back, and names the caller in
 * the events of the transaction. Returns false if another request has the lock.
 */
async function begin(tx: Tx, { apiKeyId, idempotencyKey }: Command): Promise<boolean> {
  const name = createHash('sha256').update(idempotencyKey).digest();
  const { rows } = await sql<{ locked: boolean }>`
    select ${commandLock(name.readBigInt64BE())} as locked,
      set_config('payout_engine.actor', ${apiKeyId}, true)
  `.execute(tx);
  return rows[0]?.locked === true;
}

/** Names this API key in the events that the transaction causes. */
export async function nameActor(tx: Tx, apiKeyId: ApiKeyId): Promise<void> {
  await sql`select set_config('payout_engine.actor', ${apiKeyId}, true)`.execute(tx);
}

/** The last act under an idempotency key. A brake may have acted several times. */
async function findLastAct(db: Db, idempotencyKey: string) {
  const row = await db
    .selectFrom('commands')
    .select(['act', 'request_hash', 'object_id', 'answer_status', 'answer', 'created_at'])
    .where('idempotency_key', '=', idempotencyKey)
    .orderBy('act', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  const { act, request_hash: requestHash, object_id: objectId, created_at: at } = row;
  // A recorded command has its answer: both are written together.
  const answer: CommandAnswer = {
    status: row.answer_status ?? 200,
    body: row.answer ?? {},
    objectId,
  };
  return { act, requestHash, answer, at };
}

/** Records a command, its caller and its answer. A brake that acts again has a higher `act`. */
export async function recordCommand(
  tx: Tx,
  command: Command,
  answer: CommandAnswer,
  act = 1,
): Promise<void> {
  await tx
    .insertInto('commands')
    .values({
      id: newId('cmd'),
      api_key_id: command.apiKeyId,
      idempotency_key: command.idempotencyKey,
      act,
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

/** Lists the newest commands about an object, oldest first, each with its API key. */
export async function listCommands(db: Db, objectId: string) {
  const newest = await selectNewest(db).where('commands.object_id', '=', objectId).execute();
  return newest.toReversed();
}

/**
 * Lists the newest commands about a seller, its holds and its changed earnings, oldest first,
 * except the posting of earnings, which is no decision.
 */
export async function listDecisions(db: Db, sellerId: SellerId) {
  const newest = await selectNewest(db).where(isDecisionAbout(sellerId)).execute();
  return newest.toReversed();
}

/** True for a command about a seller, its holds or its changed earnings that is a decision. */
export function isDecisionAbout(sellerId: SellerId) {
  return sql<boolean>`(commands.kind <> 'create-earnings' and (commands.object_id = ${sellerId}
    or commands.object_id in (select id from holds where seller_id = ${sellerId})
    or commands.kind in ('correct-earning', 'withdraw-earning') and commands.object_id in
      (select id from earnings where seller_id = ${sellerId} and changes > 0)))`;
}

function selectNewest(db: Db) {
  return db
    .selectFrom('commands')
    .innerJoin('api_keys', 'api_keys.id', 'commands.api_key_id')
    .select(['commands.id', 'commands.kind', 'commands.created_at as at'])
    .select(['commands.object_id as objectId', reasonGiven.as('reason')])
    .select(changeMade.as('change'))
    .select(['api_keys.id as apiKeyId', 'api_keys.name as apiKeyName'])
    .orderBy('commands.created_at', 'desc')
    .orderBy('commands.id')
    .limit(mostHappened);
}

/**
 * What a command changed about a seller: its answer compared with the answer to the command before
 * it. Null for other commands, and if no earlier answer is stored.
 */
const changeMade = sql<SellerChange | null>`case when commands.kind = 'update-seller' then (
  select json_build_object('before', earlier.answer->'schedule',
    'after', commands.answer->'schedule',
    'fields', array(select field from unnest(array['externalId', 'displayName', 'metadata',
        'schedule']) as field
      where earlier.answer->field is distinct from commands.answer->field))
  from commands as earlier where earlier.object_id = commands.object_id
    and earlier.kind in ('create-seller', 'update-seller')
    and (earlier.created_at, earlier.act) < (commands.created_at, commands.act)
    and earlier.answer ? 'schedule' and commands.answer ? 'schedule'
  order by earlier.created_at desc, earlier.act desc limit 1) end`;

/**
 * The reason of a command, taken from its stored answer. The answer to a command for many objects
 * contains the command's own reason. Every other answer contains the reason stored in the object's
 * row, or names the pause whose row has it. If another API key had already closed or reopened the
 * seller, that reason belongs to the other key and is left out.
 */
const reasonGiven = sql<string | null>`case when answer ? 'list' then answer->>'reason'
  else case commands.kind
  when 'place-hold' then answer->>'reason'
  when 'release-hold' then answer->>'releaseReason'
  when 'payout-paid-elsewhere' then answer->'paidElsewhere'->>'reason'
  when 'leave-with-seller' then answer->'paidElsewhere'->>'reason'
  when 'payout-came-back' then answer->'paidElsewhere'->>'returnReason'
  when 'correct-earning' then answer->'changes'->0->>'reason'
  when 'withdraw-earning' then answer->'changes'->0->>'reason'
  when 'waive-cooling' then answer->>'waiveReason'
  when 'pause-seller' then (select reason from seller_pauses where id = answer->>'pauseId')
  when 'resume-seller' then
    (select lift_reason from seller_pauses where id = answer->>'liftedPauseId')
  when 'close-seller' then case when answer->'closed'->>'by' = api_key_id
    then answer->'closed'->>'reason' end
  when 'reopen-seller' then case when answer->'reopened'->>'by' = api_key_id
    then answer->'reopened'->>'reason' end end end`;
