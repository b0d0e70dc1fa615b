import { Stripe } from 'stripe';
import type { Db } from '../../db/connect.ts';
import { recordCheck } from '../../db/operations/checks.ts';
import {
  chooseNextToken,
  readRight,
  recordRenewed,
  recordRightLost,
  recordSeen,
  recordUnguarded,
  type RightRecord,
} from '../../db/recovery/right-to-send.ts';
import {
  judgeRight,
  rightKey,
  type RightVerdict,
  type ShownRight,
} from '../../domain/recovery/right-to-send.ts';
import {
  contested,
  isForbidden,
  isMissing,
  readStripe,
  type StripeDeps,
} from '../stripe/call-once.ts';

/** The id of the product that stands for the right to send. A Stripe account has at most one. */
export const rightProduct = 'payout_engine_right_to_send';

/** The look that runs in this process. Other callers wait for the same look. */
const underWay = new WeakMap<Db, { done: Promise<void>; renew: boolean }>();

/**
 * Makes sure that this engine, and no copy of it, has the right to send, or stops money. With
 * `renew`, always sets a new token; otherwise only if it is time. Only one of two engines that
 * start from the same token can replace it.
 */
export async function claimRight(deps: StripeDeps, renew = false): Promise<void> {
  for (let running; (running = underWay.get(deps.db));) {
    if (running.renew || !renew) return running.done;
    await running.done.catch(() => undefined);
  }
  const done = claim(deps, renew).finally(() => underWay.delete(deps.db));
  underWay.set(deps.db, { done, renew });
  return done;
}

/** Each used key costs one look. Stripe forgets used keys within a day. */
const mostLooks = 100;
/** Stripe keeps a key for a day. A key that it may have forgotten cannot prevent a second claim. */
const readForMs = 60_000;

async function claim(deps: StripeDeps, renew: boolean): Promise<void> {
  let round = { from: '', number: 0 };
  let mayWrite = true;
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const known = await readRight(deps.db);
    const lookedAt = Date.now();
    const seen = mayWrite ? await look(deps) : forbidden;
    const verdict = judgeRight({ ...known, isDue: known.isDue || renew }, seen.shown);
    if (verdict.kind !== 'renew') return record(deps.db, known, { ...seen, verdict });
    const from = typeof seen.shown === 'object' ? seen.shown.token : seen.shown;
    round = { from, number: from === round.from ? round.number + 1 : 1 };
    const token = await chooseNextToken(deps.db);
    if (Date.now() - lookedAt > readForMs) throw contested();
    mayWrite = await mayReplace(deps, { from, token, round: round.number });
  }
  throw contested();
}

type Shown = { shown: ShownRight; changedAt: number | null };
const nothing: Shown = { shown: 'nothing', changedAt: null };
const forbidden: Shown = { shown: 'forbidden', changedAt: null };

async function look(deps: StripeDeps): Promise<Shown> {
  try {
    const product = await readStripe(deps, 'GET /v1/products', () =>
      deps.stripe.products.retrieve(rightProduct),
    );
    if (product.deleted) return nothing;
    const token = product.metadata['token'] ?? 'none';
    return { shown: { token }, changedAt: product.updated * 1000 };
  } catch (error) {
    if (isMissing(error)) return nothing;
    if (isForbidden(error)) return forbidden;
    throw error;
  }
}

type Renewal = { from: string; token: string; round: number };

/**
 * Sets the token. The idempotency key contains the token that it replaces, so Stripe accepts one
 * replacement of each token. A key that was used without effect leaves the old token in place; the
 * next round has another key. The caller reads what the object then shows. Returns false if the key
 * of the platform has no permission.
 */
async function mayReplace(deps: StripeDeps, { from, token, round }: Renewal): Promise<boolean> {
  const { products } = deps.stripe;
  const metadata = { token };
  try {
    await readStripe(deps, 'POST /v1/products', async () => {
      try {
        if (from === 'nothing') {
          const idempotencyKey = rightKey(`nothing/${token}`, round);
          await products.create({ ...newProduct, metadata }, { idempotencyKey });
        } else {
          await products.update(
            rightProduct,
            { metadata },
            { idempotencyKey: rightKey(from, round) },
          );
        }
      } catch (error) {
        if (!wasAnswered(error)) throw error;
      }
    });
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

const newProduct = {
  id: rightProduct,
  name: 'payout-engine: right to send payouts. Do not delete or change',
  active: false,
};

/** True if Stripe stored an answer under this key, or already has the object. */
function wasAnswered(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError)) return false;
  // The first request with this key is still running: only its end shows who has the right.
  if (error.code === 'idempotency_key_in_use') return false;
  return (
    error.rawType === 'idempotency_error' ||
    error.code === 'resource_already_exists' ||
    error.headers?.['idempotent-replayed'] === 'true'
  );
}

async function record(
  db: Db,
  known: RightRecord,
  seen: Shown & { verdict: Exclude<RightVerdict, { kind: 'renew' }> },
): Promise<void> {
  const { shown, verdict } = seen;
  const { readAt } = known;
  const token = typeof shown === 'object' ? shown.token : '';
  await recordCheck(db, {
    name: rightIsVisible,
    passed: shown !== 'forbidden',
    remedy: rightForbiddenRemedy,
  });
  if (verdict.kind === 'unguarded') return recordUnguarded(db, readAt);
  if (verdict.kind === 'lost') {
    return recordRightLost(db, known, { to: verdict.to, reason: whyLost(seen) });
  }
  if (verdict.renewed) return recordRenewed(db, token, readAt);
  return recordSeen(db, token, readAt);
}

/** The name of the check whether the key may read and write products. */
export const rightIsVisible = 'right-to-send-visible';

/** What the failed check says if the key has no permission for products. */
export const rightForbiddenRemedy =
  'The Stripe key may not read and write products, so the engine cannot see whether a copy of it ' +
  'also sends payouts. Give the key the permission "Products: write" in the Stripe Dashboard, ' +
  'under Developers, API keys.';

/** The reason with which money stops. */
function whyLost({ shown, changedAt }: Shown): string {
  const resumed = 'POST /v1/operations/resume-money';
  if (shown === 'forbidden') {
    return `${rightForbiddenRemedy} Then resume money. Without the permission, ${resumed} lets the engine send unprotected.`;
  }
  if (shown === 'nothing') {
    return `The product ${rightProduct}, which shows which engine has the right to send, is missing in the Stripe account. Make sure that no other engine uses this account. Then ${resumed} creates the product again.`;
  }
  const at = changedAt === null ? 'an unknown time' : new Date(changedAt).toISOString();
  return `Another engine took or renewed the right to send at ${at}: a copy of this database is running, or this database was restored from a backup. Stop the other engine, if there is one. If it has paid sellers, their payouts are missing here. Then ${resumed} takes the right over.`;
}
