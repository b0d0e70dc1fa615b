import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import {
  type CommandAnswer,
  type CommandOutcome,
  executeCommand,
  willAct,
} from '../../db/commands.ts';
import type { Tx } from '../../db/connect.ts';
import { type CommandKind, isBrake } from '../../domain/commands/kinds.ts';
import { type Replay, sayReplay } from '../../domain/commands/replays.ts';
import { effectOf } from './replays/effects.ts';
import type { AppDeps, AppEnv } from './context.ts';
import { Problem } from './problems.ts';
import { readState } from './replays/states.ts';

/** A command, and the look at Stripe that it needs before its transaction begins. */
type Asked<Seen> = {
  kind: CommandKind;
  request: unknown;
  look?: () => Promise<Seen>;
  /** For a command of which only some requests are brakes: this one is. */
  isBrake?: boolean;
};

/** The answer, with `replayed` in its body if its Idempotency-Key had been used before. */
type Answered<Answer extends CommandAnswer> = Answer & { body: { replayed?: Replay } };

/**
 * Runs the effect of a command once for each Idempotency-Key, and then triggers the delivery of its
 * wake-ups. A brake whose effect was undone acts again. The answer under a used key says so, and
 * what is the case now. `isAgain` tells the effect that it acts again. An effect refuses by
 * throwing a Problem; then nothing is stored, not even the key. The look comes before the
 * transaction, so that no lock waits for Stripe; a request that does not act does not look. Throws
 * the problems `command-running` and `idempotency-key-reused`.
 */
export async function runCommand<Answer extends CommandAnswer, Seen = never>(
  c: Context<AppEnv>,
  { db, wakeSoon }: Pick<AppDeps, 'db' | 'wakeSoon'>,
  { kind, request, look, isBrake: isSometimes }: Asked<Seen>,
  effect: (tx: Tx, seen: Seen | undefined, isAgain: boolean) => Promise<Answer>,
): Promise<Answered<Answer>> {
  const idempotencyKey = c.req.header('idempotency-key') ?? '';
  const stillApplies = isBrake(kind, isSometimes) ? effectOf(kind) : undefined;
  const seen = look && (await willAct(db, idempotencyKey, stillApplies)) ? await look() : undefined;
  const command = {
    apiKeyId: c.get('caller').id,
    idempotencyKey,
    requestHash: hashRequest(`${c.req.method} ${c.req.path}`, request),
    kind,
  };
  const outcome = await executeCommand(
    db,
    command,
    (tx, isAgain) => effect(tx, seen, isAgain),
    stillApplies,
  );
  switch (outcome.kind) {
    case 'running':
      throw new Problem(
        'command-running',
        'Send the same request again to get the answer of the first one',
        {
          headers: { 'retry-after': '1' },
        },
      );
    case 'other-request':
      throw new Problem('idempotency-key-reused', 'Use a new Idempotency-Key for a new request');
    case 'done':
      wakeSoon();
      return outcome.answer;
    case 'replayed': {
      if (outcome.actedAgain) wakeSoon();
      else c.header('Idempotent-Replayed', 'true');
      const replayed = await replayOf(db, outcome, stillApplies !== undefined);
      const { answer } = outcome;
      return { ...answer, body: { replayed, ...answer.body } };
    }
  }
}

/** Says what an answer under a used Idempotency-Key is, and what is the case now. */
async function replayOf(
  db: AppDeps['db'],
  replayed: Extract<CommandOutcome<CommandAnswer>, { kind: 'replayed' }>,
  isBraking: boolean,
): Promise<Replay> {
  const { answer, before, actedAgain } = replayed;
  const { now, says } = await readState(db, answer.objectId);
  const sentence = sayReplay({ before, actedAgain, isBrake: isBraking }, says);
  return { at: before, actedAgain, now, says: sentence };
}

/** Hashes a request, so that the order of fields and white space do not matter. */
function hashRequest(target: string, request: unknown): Buffer {
  return createHash('sha256')
    .update(`${target}\n${JSON.stringify(request, sortFields)}`)
    .digest();
}

function sortFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
