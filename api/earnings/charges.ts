import { setTimeout as pause } from 'node:timers/promises';
import { type ReadCharge, toReadCharge } from '../../activities/stripe/charges.ts';
import { factsOf } from '../../activities/stripe/errors.ts';
import { findNamedCharges } from '../../db/earnings/rows.ts';
import { recordCharge } from '../../db/reconciliation/charges/coverage.ts';
import { takeFreeSlot } from '../../db/stripe/budget.ts';
import { chargesAtDoorPerSecond, mostChargesAtDoor } from '../../domain/earnings/unread-charges.ts';
import type { EarningId, SellerId } from '../../domain/ids.ts';
import type { AppDeps } from '../http/context.ts';
import { type BrokenRule, Problem } from '../http/problems.ts';
import { askStripe } from '../stripe/ask.ts';

/** What Stripe showed of charges that new earnings name. A charge that was not read is absent. */
export type SeenCharges = ReadonlyMap<string, ReadCharge>;

/** A charge in a request, and the pointer to its field. */
export type NamedCharge = { charge: string; pointer: string };

/** Milliseconds before a missing charge is asked for again, because it may be brand new. */
const secondLookMs = 1000;
/**
 * After these milliseconds without an answer, earnings are recorded and their charges read later.
 */
const longestLookMs = 4000;

/**
 * Looks at Stripe for the charges that a request names, before the request is recorded. Throws the
 * problems `unknown-charge` and `charge-failed`. Asks nothing about charges that an earning of the
 * seller names already, about too many charges, or beyond the small part of Stripe's limits that is
 * meant for this: the job `sweep` reads these charges within minutes.
 */
export async function lookAtCharges(
  deps: AppDeps,
  sellerId: SellerId,
  named: readonly NamedCharge[],
): Promise<SeenCharges> {
  const charges = [...new Set(named.map(({ charge }) => charge))];
  if (charges.length === 0 || charges.length > mostChargesAtDoor) return new Map();
  const known = await findNamedCharges(deps.db, sellerId, charges);
  const fresh = charges.filter((charge) => !known.includes(charge));
  const spacingMs = (fresh.length * 1000) / chargesAtDoorPerSecond;
  if (fresh.length === 0 || !(await takeFreeSlot(deps.db, { name: paceName, spacingMs }))) {
    return new Map();
  }
  const late = pause(longestLookMs, [] as Answer[], { ref: false });
  const answers = await Promise.race([Promise.all(fresh.map((id) => look(deps, id))), late]);
  refuse(named, answers, 'missing');
  refuse(named, answers, 'failed');
  return new Map(answers.flatMap(({ id, read }) => (read === null ? [] : [[id, read]])));
}

const paceName = 'charges of new earnings';

type Answer = {
  id: string;
  kind: 'seen' | 'missing' | 'failed' | 'not-read';
  read: ReadCharge | null;
};

async function look(deps: AppDeps, id: string): Promise<Answer> {
  const first = await ask(deps, id);
  if (first.kind !== 'missing') return first;
  await pause(secondLookMs);
  return ask(deps, id);
}

async function ask(deps: AppDeps, id: string): Promise<Answer> {
  try {
    const charge = await askStripe(deps, 'GET /v1/charges', (stripe) =>
      stripe.charges.retrieve(id, { expand: ['balance_transaction'] }).catch(orMissing),
    );
    if (charge === null) return { id, kind: 'missing', read: null };
    const read = toReadCharge(charge);
    return { id, kind: read?.charge.isFailed ? 'failed' : 'seen', read };
  } catch (error) {
    if (error instanceof Problem) return { id, kind: 'not-read', read: null };
    throw error;
  }
}

function orMissing(error: unknown): null {
  if (factsOf(error).statusCode === 404) return null;
  throw error;
}

function refuse(
  named: readonly NamedCharge[],
  answers: readonly Answer[],
  kind: 'missing' | 'failed',
): void {
  const found = answers.filter((answer) => answer.kind === kind).map(({ id }) => id);
  const rule = rules[kind];
  const errors = named
    .filter(({ charge }) => found.includes(charge))
    .map(({ pointer }): BrokenRule => ({ in: 'body', pointer, rule }));
  if (errors.length === 0) return;
  const problem = kind === 'missing' ? 'unknown-charge' : 'charge-failed';
  throw new Problem(problem, `${says[kind]}: ${found.join(', ')}`, { errors });
}

const rules = {
  missing: 'must be a charge that exists at Stripe on the platform’s account',
  failed: 'must be a charge that did not fail',
};

const says = {
  missing:
    'Nothing was recorded, and nothing is owed because of this request. Check the id, and that the charge was made on the platform’s account with the engine’s key. If the charge was created just now, send the request again. Stripe does not have',
  failed:
    'Nothing was recorded, and nothing is owed because of this request. The customer’s payment failed, so no money came: use the charge that succeeded. Failed',
};

/**
 * Records what was seen of the charges of earnings that were recorded just now, so that Stripe is
 * not asked again. If this does not happen, the job `sweep` reads the charges.
 */
export async function recordSeen(
  { db, wakeSoon }: AppDeps,
  earnings: readonly { id: EarningId; charge: string | null }[],
  seen: SeenCharges,
): Promise<void> {
  for (const { id: earningId, charge } of earnings) {
    const read = charge === null ? undefined : seen.get(charge);
    if (read) await recordCharge(db, { earningId, ...read });
  }
  if (seen.size > 0) wakeSoon();
}
