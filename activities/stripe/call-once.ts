import { ApplicationFailure } from '@temporalio/activity';
import { Stripe } from 'stripe';
import type { Db } from '../../db/connect.ts';
import { recordStripeWait, recordUnknown } from '../../db/stripe/answers.ts';
import { type Attempt, clearTry, type NewAttempt, openAttempt } from '../../db/stripe/attempts.ts';
import {
  accountLeftCode,
  permissionIn,
  type ReadError,
} from '../../domain/failed-reads/accounts.ts';
import type { Sighting } from '../../domain/payouts/look-ups.ts';
import type { Brake } from '../../domain/payouts/sending.ts';
import type { RefusalKind } from '../../domain/stripe.ts';
import { answerError, retryable, saying } from './answers.ts';
import type { Endpoint, Turns } from './budget.ts';
import { factsOf } from './errors.ts';
import { readAll, type Reader } from './looks.ts';

/** The dependencies of every activity that calls Stripe. */
export type StripeDeps = { stripe: Stripe; db: Db; turns: Turns };

/** The dependencies of every activity that moves money. */
export type MoneyDeps = StripeDeps & {
  /**
   * Compares this database with Stripe after a restart or a restore. No money moves before the
   * comparison.
   */
  compare: () => Promise<void>;
  /** Renews the right to send, or stops money because another engine has it. */
  claim: () => Promise<void>;
};

/** How one attempt ended, as far as the engine knows. */
export type CallOutcome<T> =
  | { kind: 'succeeded'; key: string; object: T }
  | { kind: 'nothing-to-send' }
  | { kind: 'refused'; refusal: RefusalKind; request: Attempt['request'] }
  | { kind: 'unknown' }
  | { kind: 'money-stopped' | 'uncompared' }
  /** Nothing more is sent, and nothing that was sent was carried out. */
  | { kind: 'braked'; brake: Brake; holdEndsAt: string | null }
  /** Nothing was sent, because something in the payout's name is unexplained. */
  | { kind: 'unexplained' }
  /** Nothing was sent, because of what a look at Stripe showed or failed to show. */
  | Exclude<Looked, { kind: 'nothing-seen' }>;

/** The result of a look at Stripe before an attempt that relies on a person's word. */
export type Looked =
  | { kind: 'nothing-seen' }
  | { kind: 'seen'; sighting: Sighting }
  /** `isGone`: the account left the platform. `hours`: how long a look has been due. */
  | { kind: 'not-looked'; isGone: boolean; hours: number };

/** A step, and how to look for what Stripe may have made for the step. */
export type Asked = NewAttempt & { endpoint: Endpoint; look?: () => Promise<Looked> };

/** The options that make a POST repeatable. The key is always ours, never the SDK's own. */
export type KeyedOptions = { idempotencyKey: string; apiVersion: string };

/**
 * Sends one step to Stripe at most once, however often the activity runs: opens or finds the
 * attempt, checks whether it may be sent, waits for its slot, and posts the stored body. Throws a
 * retryable failure while the same key may be sent again; every other outcome is a return value.
 * The caller records a success.
 */
export async function callOnce<T extends { id: string }>(
  deps: MoneyDeps,
  asked: Asked,
  post: (attempt: Attempt, options: KeyedOptions) => Promise<T>,
): Promise<CallOutcome<T>> {
  const { db, turns } = deps;
  const attempt = await openLooking(db, asked);
  if ('kind' in attempt) return attempt;
  if (attempt.state === 'succeeded') return { kind: 'nothing-to-send' };
  if (attempt.state === 'unknown') return { kind: 'unknown' };
  const clearedAt = Date.now();
  const cleared = await clearTry(db, attempt.key, turns.paces(asked.endpoint));
  const { clearance, slotAt, request, brake, holdEndsAt } = cleared;
  const waitMs = Math.max(0, slotAt - performance.now());
  if (clearance === 'money-stopped' || clearance === 'uncompared') return { kind: clearance };
  if (clearance === 'braked' && brake) return { kind: 'braked', brake, holdEndsAt };
  if (clearance === 'look-up') {
    await recordUnknown(db, { key: attempt.key });
    return { kind: 'unknown' };
  }
  if (clearance === 'decided') return callOnce(deps, asked, post);
  if (clearance === 'not-compared') {
    await notingSilence(db, attempt.key, deps.compare());
    return callOnce(deps, asked, post);
  }
  if (clearance === 'not-claimed') {
    await notingSilence(db, attempt.key, deps.claim());
    return callOnce(deps, asked, post);
  }
  if (clearance === 'too-old') {
    await recordUnknown(db, { key: attempt.key, error: { reason: 'key-too-old' } });
    return { kind: 'unknown' };
  }
  await turns.wait(asked.endpoint, slotAt);
  // If the machine was suspended meanwhile, Stripe may have forgotten the key: check again.
  if (Date.now() - clearedAt > waitMs + clearedForMs) throw retryable('ClearanceExpired', null);
  try {
    const options = { idempotencyKey: attempt.key, apiVersion: attempt.apiVersion };
    const object = await post({ ...attempt, request }, options);
    // The SDK returns any JSON without an error as the object, whatever its status, even if a
    // gateway sent it.
    if (typeof object.id !== 'string') throw new Stripe.errors.StripeAPIError(noObject);
    return { kind: 'succeeded', key: attempt.key, object };
  } catch (error) {
    // Tries that certainly did nothing do not count.
    const isFirstTry = cleared.tries - cleared.deniedTries === 1;
    return answerError(db, { key: attempt.key, isFirstTry, request }, error);
  }
}

/**
 * Finds or opens the attempt. If only a person's word says that an earlier request made nothing,
 * looks at Stripe first, each time before the attempt is sent for the first time.
 */
async function openLooking(
  db: Db,
  asked: Asked,
): Promise<Attempt | Exclude<CallOutcome<never>, { kind: 'succeeded' }>> {
  let opened = await openAttempt(db, asked);
  if (opened.state === 'not-opened' && opened.why === 'look-first') {
    if (!asked.look) throw new Error(`no look for the step ${asked.step}`);
    const looked = await asked.look();
    if (looked.kind !== 'nothing-seen') return looked;
    opened = await openAttempt(db, asked, { isLooked: true });
  }
  if (opened.state !== 'not-opened') return opened;
  return { kind: opened.why === 'unexplained' ? 'unexplained' : 'nothing-to-send' };
}

/**
 * Waits for what must be read from Stripe before the first try. If Stripe cannot be read, the
 * payout waits for Stripe.
 */
async function notingSilence(db: Db, key: string, read: Promise<void>): Promise<void> {
  try {
    await read;
  } catch (error) {
    const why = readErrorOf(error);
    if (why) await recordStripeWait(db, key, why.statusCode);
    throw error;
  }
}

const noObject = { message: 'an answer without an object', type: 'api_error' } as const;

/** How long a clearance remains valid after the slot it waited for. */
const clearedForMs = 60_000;

/** The reader of an activity: each read takes a slot and fails as `readStripe` does. */
export function readerOf(deps: Pick<StripeDeps, 'stripe' | 'turns'>): Reader {
  return { stripe: deps.stripe, read: (endpoint, ask) => readStripe(deps, endpoint, ask) };
}

/** Waits for a slot, then reads from Stripe. Throws a retryable failure if the read fails. */
export async function readStripe<T>(
  { turns }: Pick<StripeDeps, 'turns'>,
  endpoint: Endpoint,
  read: () => Promise<T>,
): Promise<T> {
  await turns.take(endpoint);
  try {
    return await read();
  } catch (error) {
    const { statusCode, type, code } = factsOf(error);
    // Stripe's 429 has this type too.
    const isRefusal = statusCode === 400 && type === 'invalid_request_error';
    const otherwise = isRefusal ? refused : failed;
    const says = code ?? (statusCode === null ? null : `status ${statusCode}`);
    const permission = permissionIn(error instanceof Error ? error.message : '');
    const details: ReadError = { endpoint, statusCode, code, permission };
    throw retryable(readFailures.get(statusCode) ?? otherwise, says, { details: [details] });
  }
}

/** Reads one object by its id. Returns an empty list if Stripe has no such object. */
export async function findOne<T>(
  deps: Pick<StripeDeps, 'turns'>,
  endpoint: Endpoint,
  read: () => Promise<T>,
): Promise<T[]> {
  try {
    return [await readStripe(deps, endpoint, read)];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Reads every page of a v1 list. Each page takes a slot of its own. */
export async function readPages<T extends { id: string }>(
  deps: Pick<StripeDeps, 'turns'>,
  endpoint: Endpoint,
  list: (page: { limit: number; starting_after?: string }) => Promise<{
    data: T[];
    has_more: boolean;
  }>,
  read = readStripe,
): Promise<T[]> {
  return readAll({ read: (of, ask) => read(deps, of, ask) }, endpoint, list);
}

/** The failure of an engine that cannot find out whether it has the right to send. */
export function contested(): ApplicationFailure {
  return retryable(failed, 'right to send contested');
}

const missing = 'StripeObjectMissing';
const forbidden = 'StripeReadForbidden';
const refused = 'StripeReadRefused';
const failed = 'StripeReadFailed';
const readFailures = new Map<number | null, string>([
  [404, missing],
  [403, forbidden],
]);

function isOf(type: string, error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === type;
}

/**
 * True if Stripe does not let this key read the object, for example because the account was
 * disconnected.
 */
export function isForbidden(error: unknown): boolean {
  return isOf(forbidden, error);
}

/** True if the account has left the platform. A key that lacks a permission gets another error. */
export function isDisconnected(error: unknown): boolean {
  return isOf(forbidden, error) && error.message === saying(accountLeftCode);
}

/** True if Stripe did not answer or asked for a later retry: another try may succeed. */
export function isReadFailure(error: unknown): boolean {
  return isOf(failed, error);
}

/** True for every failed read from Stripe, whatever the reason. */
export function isUnread(error: unknown): boolean {
  return [missing, forbidden, refused, failed].some((type) => isOf(type, error));
}

/** Why a read failed. Undefined if the error is not about a read. */
export function readErrorOf(error: unknown): ReadError | undefined {
  if (!isUnread(error)) return undefined;
  return (error as ApplicationFailure).details?.[0] as ReadError | undefined;
}

/** True if Stripe answered and has no such object. */
export function isMissing(error: unknown): boolean {
  return isOf(missing, error);
}

/** True if Stripe refuses this read, whether or not the object exists. */
export function isRefusedRead(error: unknown): boolean {
  return isOf(missing, error) || isOf(refused, error);
}
