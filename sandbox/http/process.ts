import { findAccount } from '../accounts/record.ts';
import { processDue } from '../core/due.ts';
import { errorAnswer, invalid, StripeFault } from '../core/errors.ts';
import { canonical } from '../core/json.ts';
import { recordUnknown } from '../core/unknown.ts';
import { platformId } from '../core/world.ts';
import type { Fault } from '../disturbances/faults.ts';
import { type Answer, asV2, type StripeRequest } from './exchange.ts';
import { keep, type Kept, type Keyed, readKept } from './idempotency.ts';
import { recordRequest } from './request-log.ts';
import type { Surface } from './surface.ts';

type Result = Answer & { stored: boolean; errorCode: string | null; injected?: true };

/** Processes a request. Its effect, the stored answer and the log line are one transaction. */
export function process(surface: Surface, request: StripeRequest, fault?: Fault): Answer {
  const { w } = surface;
  processDue(w, surface.due);
  w.current = { id: request.id, idempotency_key: request.key };
  try {
    return w.db.transaction(() => {
      const { replayed, result } = resultOf(surface, request, fault);
      log(surface, request, result, replayed);
      return result;
    });
  } finally {
    w.current = null;
  }
}

/**
 * Answers with a refusal from outside the endpoint: a limit, a key in use, or an injected fault.
 */
export function refuseOutside(
  surface: Surface,
  request: StripeRequest,
  fault: StripeFault,
): Answer {
  const result = failed(request, fault);
  log(surface, request, result, false);
  return result;
}

/** Answers with an injected status and does nothing else. */
export function answerWithFault(surface: Surface, request: StripeRequest, fault: Fault): Answer {
  const result = injected(fault);
  log(surface, request, result, false);
  return result;
}

function resultOf(surface: Surface, request: StripeRequest, fault?: Fault) {
  const keyed = keyedOf(request);
  try {
    const kept = keyed && readKept(surface.w, keyed);
    if (kept) {
      return { replayed: true, result: replay(kept) };
    }
  } catch (error) {
    return { replayed: false, result: failed(request, error) };
  }
  const done = fault?.processed === false ? injected(fault) : execute(surface, request);
  const result = fault ? injected(fault) : done;
  const kept = toKeep(request, done, result);
  if (keyed && kept) {
    keep(surface.w, keyed, { status: kept.status, body: kept.body, request_id: request.id });
  }
  return { replayed: false, result };
}

function replay({ status, body, request_id: original }: Kept): Result {
  const advice = status >= 400 ? { 'Stripe-Should-Retry': 'false' } : {};
  const headers = { 'Idempotent-Replayed': 'true', 'Original-Request': original, ...advice };
  return { status, body, headers, stored: false, errorCode: codeOf(body) };
}

/**
 * Chooses the answer to store under the key. v1 stores and replays every answer of an endpoint. v2
 * stores only a success, and processes a failed request again.
 */
function toKeep({ version }: StripeRequest, done: Result, answered: Result): Result | undefined {
  if (version === 'v2') return done.status < 400 ? done : undefined;
  return answered.stored ? answered : undefined;
}

function execute(surface: Surface, request: StripeRequest): Result {
  const { w } = surface;
  const match = surface.find(request.method, request.path);
  if (!match) return failed(request, unknownRoute(surface, request));
  try {
    const [id = '', id2 = ''] = match.ids;
    const answer = w.db.savepoint(() => {
      refuseForeignAccount(surface, request);
      return match.route.run({ w, account: request.account, id, id2 }, request.params);
    });
    return {
      status: 200,
      body: JSON.stringify(answer),
      headers: {},
      stored: true,
      errorCode: null,
    };
  } catch (error) {
    const fault = error instanceof StripeFault ? error : undefined;
    if (fault?.body.code === 'parameter_unknown') {
      const { method, path } = request;
      recordUnknown(w, { method, path, reason: fault.message });
    }
    return failed(request, error);
  }
}

function refuseForeignAccount({ w }: Surface, { account }: StripeRequest): void {
  if (account === platformId) return;
  const record = findAccount(w, account);
  if (record && !record.closed && !record.internal.deauthorized) return;
  throw invalid(
    `The provided key does not have access to account '${account}' (or that account does not ` +
      'exist). Application access may have been revoked.',
    { code: 'account_invalid', status: 403 },
  );
}

function unknownRoute({ w }: Surface, { method, path }: StripeRequest): StripeFault {
  recordUnknown(w, { method, path, reason: 'unknown path' });
  return invalid(
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can ` +
      'help at https://support.stripe.com/.',
    { status: 404 },
  );
}

function failed(request: StripeRequest, error: unknown): Result {
  const fault = error instanceof StripeFault ? error : bug(error);
  const answer = request.version === 'v2' ? asV2(fault) : fault;
  return {
    status: fault.status,
    body: JSON.stringify(errorAnswer(answer, request.id)),
    headers: { ...retryAdvice(fault, request), ...fault.headers },
    stored: fault.stored,
    errorCode: fault.body.code ?? fault.body.type,
  };
}

/** Advises against a retry if the stored answer would be replayed. */
function retryAdvice({ status, stored }: StripeFault, { key, version }: StripeRequest) {
  if (status === 409) return { 'Stripe-Should-Retry': 'true' };
  const replayed = stored && key !== null && version === 'v1';
  return replayed || status < 429 ? { 'Stripe-Should-Retry': 'false' } : {};
}

function injected(fault: Fault): Result {
  const { status, body, headers, stored } = fault;
  return { status, body, headers, stored, errorCode: codeOf(body), injected: true };
}

function bug(error: unknown): StripeFault {
  const stack = error instanceof Error ? error.stack : String(error);
  globalThis.process.stderr.write(`sandbox bug: ${stack}\n`);
  return new StripeFault(500, { type: 'api_error', message: `Sandbox bug: ${stack}` }, false);
}

function keyedOf(request: StripeRequest): Keyed | undefined {
  if (request.key === null) return undefined;
  const { method, path, params } = request;
  return {
    scope: `${request.version}:${request.account}`,
    key: request.key,
    fingerprint: `${method} ${path} ${canonical(params)}`,
  };
}

function codeOf(body: string): string | null {
  if (!body.startsWith('{')) return null;
  const parsed = JSON.parse(body) as { error?: { code?: string; type?: string } };
  return parsed.error?.code ?? parsed.error?.type ?? null;
}

function log(surface: Surface, request: StripeRequest, result: Result, replayed: boolean): void {
  const { status, errorCode } = result;
  recordRequest(surface.w, request, { status, errorCode, replayed });
  // A gateway's page that a test injected is not one of Stripe's answers.
  if (!surface.w.witness || !result.body.startsWith('{')) return;
  const { method, path, account, key, params } = request;
  const body: unknown = JSON.parse(result.body);
  const injected = result.injected ?? false;
  surface.w.witness.exchange({ method, path, account, key, params, status, body, injected });
}
