import { StripeFault, invalid } from '../core/errors.ts';
import type { World } from '../core/world.ts';

/** An answer that is stored under an idempotency key. */
export type Kept = { fingerprint: string; status: number; body: string; request_id: string };

/**
 * Identifies a request with a key: the scope of the acting account, the key, and the fingerprint of
 * the parameters.
 */
export type Keyed = { scope: string; key: string; fingerprint: string };

const lifetimeMs = { v1: 24 * 3600_000, v2: 30 * 24 * 3600_000 };

/** Finds the stored answer of this key. Undefined if Stripe would have forgotten the key. */
export function readKept(w: World, keyed: Keyed): Kept | undefined {
  w.db.run('delete from idempotency where expires <= ?', w.clock.now());
  const kept = w.db.get<Kept>(
    'select * from idempotency where scope = ? and key = ?',
    keyed.scope,
    keyed.key,
  );
  if (kept && kept.fingerprint !== keyed.fingerprint) throw otherParameters(keyed.key);
  return kept;
}

/** Stores the answer in the same transaction as its effect. */
export function keep(w: World, keyed: Keyed, answer: Omit<Kept, 'fingerprint'>): void {
  const now = w.clock.now();
  const version = keyed.scope.startsWith('v2') ? 'v2' : 'v1';
  w.db.run(
    'insert into idempotency values (?, ?, ?, ?, ?, ?, ?, ?)',
    keyed.scope,
    keyed.key,
    keyed.fingerprint,
    answer.status,
    answer.body,
    answer.request_id,
    now,
    now + lifetimeMs[version],
  );
}

/** The answer to a second request while the first with its key is still running. */
export function keyInUse(key: string): StripeFault {
  return invalid(
    'There is currently another in-progress request using this Idempotent Key (that probably means ' +
      `you submitted twice, and the other request is still going through): ${key}. ` +
      'Please try again later.',
    { code: 'idempotency_key_in_use', status: 409 },
  );
}

function otherParameters(key: string): StripeFault {
  const message =
    'Keys for idempotent requests can only be used with the same parameters they were first used ' +
    `with. Try using a key other than '${key}' if you meant to execute a different request.`;
  return new StripeFault(400, { type: 'idempotency_error', message }, false);
}
