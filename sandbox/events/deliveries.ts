import { createHmac } from 'node:crypto';
import type { World } from '../core/world.ts';
import { findDestination } from './destinations.ts';
import type { Destination } from './destinations.ts';

type Waiting = {
  seq: number;
  destination: string;
  tries: number;
  version: string;
  body: string;
};
type Outcome = { status?: number; error?: string };

const maxTries = 3;
const retryAfterMs = [1_000, 3_000];
const atOnce = 8;
const answerWithinMs = 10_000;

/** Sends queued deliveries until stopped. */
export type Courier = { wake(): void; stop(): Promise<void> };

/**
 * Starts delivering: everything waiting, also from before a restart, in the order it was queued.
 */
export function startCourier(w: World): Courier {
  const open = new Map<number, Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  const look = () => {
    timer = undefined;
    if (stopping.signal.aborted) return;
    for (const delivery of takeWaiting(w, [...open.keys()], atOnce - open.size)) {
      const sending = deliver(w, delivery, stopping.signal).finally(() => {
        open.delete(delivery.seq);
        wake();
      });
      open.set(delivery.seq, sending);
    }
  };
  const wake = () => {
    if (stopping.signal.aborted || open.size >= atOnce) return;
    timer ??= setTimeout(look, 0);
  };
  const poll = setInterval(wake, 200);
  return {
    wake,
    async stop() {
      stopping.abort();
      clearInterval(poll);
      clearTimeout(timer);
      await Promise.allSettled(open.values());
    },
  };
}

/** The signature header Stripe would send, as of real now. */
export function signatureOf(secret: string, body: string, atSeconds: number): string {
  const signed = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex');
  return `t=${atSeconds},v1=${signed}`;
}

/** The deliveries so far, oldest first. */
export function listDeliveries(w: World, after: number, limit: number): object[] {
  return w.db.all(
    `select d.seq, d.event_id as eventId, e.type, e.account, d.destination, d.state, d.tries,
      d.last_status as lastStatus, d.last_error as lastError, d.delivered_at as deliveredAt,
      d.next_at as nextAt
     from deliveries d join events e on e.id = d.event_id where d.seq > ? order by d.seq limit ?`,
    after,
    limit,
  );
}

function takeWaiting(w: World, open: number[], room: number): Waiting[] {
  if (room <= 0) return [];
  const rows = w.db.all<Waiting>(
    `select d.seq, d.destination, d.tries, e.version, e.body from deliveries d
     join events e on e.id = d.event_id
     where d.next_at is not null and d.next_at <= ? order by d.next_at, d.seq limit ?`,
    Date.now(),
    room + open.length,
  );
  return rows.filter((row) => !open.includes(row.seq)).slice(0, room);
}

async function deliver(w: World, delivery: Waiting, stopping: AbortSignal): Promise<void> {
  const destination = findDestination(w, delivery.destination);
  if (!destination) return note(w, delivery, { state: 'dropped', error: 'destination deleted' });
  const outcome = await post(destination, payloadOf(delivery), stopping);
  // The outcome is unknown, so the next process sends the delivery again.
  if (stopping.aborted) return;
  if (outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300) {
    return note(w, delivery, { state: 'delivered', ...outcome });
  }
  const retry = retryAfterMs[delivery.tries];
  const again = delivery.tries + 1 < maxTries && retry !== undefined;
  const state = again ? 'waiting' : 'failed';
  note(w, delivery, { state, ...outcome, ...(again && { inMs: retry }) });
}

/** A thin event travels without its data, which is fetched. */
function payloadOf({ version, body }: Waiting): string {
  if (version === 'v1') return body;
  const { data: _, ...thin } = JSON.parse(body) as { data?: unknown };
  return JSON.stringify(thin);
}

async function post(
  { url, secret }: Destination,
  body: string,
  stopping: AbortSignal,
): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signatureOf(secret, body, Math.floor(Date.now() / 1000)),
      },
      body,
      signal: AbortSignal.any([stopping, AbortSignal.timeout(answerWithinMs)]),
    });
    await response.arrayBuffer();
    return { status: response.status };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

type Note = Outcome & { state: string; inMs?: number };

function note(w: World, delivery: Waiting, { state, status, error, inMs }: Note): void {
  w.db.run(
    `update deliveries set state = ?, tries = tries + 1, last_status = ?, last_error = ?,
      next_at = ?, delivered_at = ? where seq = ?`,
    state,
    status ?? null,
    error ?? null,
    inMs === undefined ? null : Date.now() + inMs,
    state === 'delivered' ? Date.now() : null,
    delivery.seq,
  );
}
