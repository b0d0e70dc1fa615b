import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's view of JSON
type Answer = any;

/** Calls until there is an answer, like a careful platform: each retry uses the same key. */
export type Ask = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: object,
  key?: string,
) => Promise<Answer>;

/** A definite refusal, with its HTTP status and the last part of its problem type. */
export class Refused extends Error {
  readonly status: number;
  readonly kind: string;

  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${text.slice(0, 500)}`);
    this.status = status;
    this.kind = /"type":"\/problems\/([a-z-]+)"/.exec(text)?.[1] ?? '';
  }
}

/** How long a caller retries while a part is down. */
const patienceMs = 240_000;
/**
 * The pause between two tries doubles each time, because retries at a constant pace use up Stripe's
 * budget.
 */
const pausesMs = { first: 250, longest: 2000 };

/**
 * Creates a caller of the API at this address. `onAgain` is called for every try after the first.
 */
export function patientCaller(
  base: string,
  headers: Record<string, string> = {},
  onAgain: () => void = () => {},
): Ask {
  return async (method, path, body, key = randomUUID()) => {
    const what = `${method} ${path}`;
    const init = {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    return untilAnswered(what, async () => ask(`${base}${path}`, init), onAgain);
  };
}

/** Sends a request of the platform's own to Stripe, in Stripe's form encoding. */
export type AskStripe = (
  path: string,
  fields: Record<string, string>,
  account?: string,
) => Promise<Answer>;

/**
 * Creates a caller of Stripe. A 5xx that Stripe keeps under the key is not retried; the book shows
 * its effect.
 */
export function stripeCaller(base: string, secretKey: string): AskStripe {
  return async (path, fields, account) => {
    const init = {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secretKey}`,
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': randomUUID(),
        ...(account !== undefined && { 'stripe-account': account }),
      },
      body: new URLSearchParams(fields),
    };
    return untilAnswered(
      `POST ${path}`,
      async () => ask(`${base}${path}`, init),
      () => {},
    );
  };
}

type Said = { status: number; text: string; isKept: boolean };

async function ask(url: string, init: RequestInit): Promise<Said | undefined> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    const isKept = answer.headers.get('idempotent-replayed') === 'true';
    return { status: answer.status, text: await answer.text(), isKept };
  } catch {
    return undefined; // it is down, or went down before it answered
  }
}

async function untilAnswered(
  what: string,
  tell: () => Promise<Said | undefined>,
  onAgain: () => void,
): Promise<Answer> {
  const startedAt = Date.now();
  for (let pauseMs = pausesMs.first; ; pauseMs = Math.min(2 * pauseMs, pausesMs.longest)) {
    const said = await tell();
    if (said && said.status < 300) return said.text === '' ? undefined : JSON.parse(said.text);
    if (said && !mayAskAgain(said)) throw new Refused(what, said.status, said.text);
    if (Date.now() - startedAt > patienceMs) {
      throw new Error(`${what}: no answer within ${patienceMs / 1000} s`);
    }
    onAgain();
    await pause(pauseMs);
  }
}

function mayAskAgain({ status, text, isKept }: Said): boolean {
  if (isKept) return false;
  return (
    status >= 500 ||
    status === 429 ||
    text.includes('/problems/command-running') ||
    text.includes('idempotency_key_in_use')
  );
}
