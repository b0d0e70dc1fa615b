import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { type CommandAnswer, executeCommand, hasRun } from '../../db/commands.ts';
import type { Tx } from '../../db/connect.ts';
import type { AppDeps, AppEnv } from './context.ts';
import { Problem } from './problems.ts';

/** A command, and the look at Stripe that it needs before its transaction begins. */
type Asked<Seen> = { kind: string; request: unknown; look?: () => Promise<Seen> };

/**
 * Runs the effect of a POST once for each Idempotency-Key, and then triggers the delivery of its
 * wake-ups. An effect refuses by throwing a Problem; then nothing is stored, not even the key. The
 * look comes before the transaction, so that no lock waits for Stripe; a repeated request does not
 * look. Throws the problems `command-running` and `idempotency-key-reused`.
 */
export async function runCommand<Answer extends CommandAnswer, Seen = never>(
  c: Context<AppEnv>,
  { db, wakeSoon }: Pick<AppDeps, 'db' | 'wakeSoon'>,
  { kind, request, look }: Asked<Seen>,
  effect: (tx: Tx, seen: Seen | undefined) => Promise<Answer>,
): Promise<Answer> {
  const idempotencyKey = c.req.header('idempotency-key') ?? '';
  const seen = look && !(await hasRun(db, idempotencyKey)) ? await look() : undefined;
  const command = {
    apiKeyId: c.get('caller').id,
    idempotencyKey,
    requestHash: hashRequest(`${c.req.method} ${c.req.path}`, request),
    kind,
  };
  const outcome = await executeCommand(db, command, (tx) => effect(tx, seen));
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
    case 'replayed':
      c.header('Idempotent-Replayed', 'true');
      return outcome.answer;
    case 'done':
      wakeSoon();
      return outcome.answer;
  }
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
