import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's view of JSON
type Answer = any;

/** Asks until there is an answer, as a careful platform does: again with the same key. */
export type Ask = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: object,
  key?: string,
) => Promise<Answer>;

/** A definite no, by its HTTP status and the last part of its type. */
export class Refused extends Error {
  readonly status: number;
  readonly kind: string;

  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${text.slice(0, 500)}`);
    this.status = status;
    this.kind = /"type":"\/problems\/([a-z-]+)"/.exec(text)?.[1] ?? '';
  }
}

/** How long somebody goes on asking a part that is down. */
const patienceMs = 240_000;
/** Between two tries, doubled each time: who asks on at one pace spends what Stripe allows. */
const pausesMs = { first: 250, longest: 2000 };

/** Makes a caller of the API at this address; `onAgain` hears of every try after the first. */
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

/** A request of the platform's own to Stripe, in its form encoding. */
export type AskStripe = (
  path: string,
  fields: Record<string, string>,
  account?: string,
) => Promise<Answer>;

/** Makes a caller of Stripe. A kept 5xx is given up: what came of it shows in the book. */
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
