import { createHmac } from 'node:crypto';
import type { World } from '../core/world.ts';
import { listDestinations } from './queue.ts';
import type { Destination } from './queue.ts';

type Waiting = { seq: number; destination: string; tries: number; body: string };

const maxTries = 3;
const retryAfterMs = [1_000, 5_000];
const atOnce = 8;
const answerWithinMs = 10_000;

/** Sends what is queued, over and over, until stopped. */
export type Courier = { wake(): void; stop(): Promise<void> };

/** Starts delivering: everything waiting, also from before a restart, in the order it was queued. */
export function startCourier(w: World): Courier {
  const open = new Map<number, Promise<void>>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const look = () => {
    timer = undefined;
    if (stopped) return;
    for (const delivery of takeWaiting(w, [...open.keys()], atOnce - open.size)) {
      const sending = deliver(w, delivery).finally(() => {
        open.delete(delivery.seq);
        wake();
      });
      open.set(delivery.seq, sending);
    }
  };
  const wake = (inMs = 0) => {
    if (stopped || open.size >= atOnce) return;
    timer ??= setTimeout(look, inMs);
  };
  const poll = setInterval(wake, 200);
  return {
    wake: () => wake(),
    async stop() {
      stopped = true;
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

/** The deliveries so far, newest last, for tests. */
export function listDeliveries(w: World) {
  return w.db.all(
    `select d.seq, d.event_id as eventId, e.type, d.destination, d.state, d.tries,
      d.last_status as lastStatus, d.last_error as lastError, d.delivered_at as deliveredAt,
      d.next_at as nextAt
     from deliveries d join events e on e.id = d.event_id order by d.seq`,
  );
}

function takeWaiting(w: World, open: number[], room: number): Waiting[] {
  if (room <= 0) return [];
  const rows = w.db.all<Waiting>(
    `select d.seq, d.destination, d.tries, e.body from deliveries d
     join events e on e.id = d.event_id
     where d.next_at is not null and d.next_at <= ? order by d.next_at, d.seq limit ?`,
    Date.now(),
    room + open.length,
  );
  return rows.filter((row) => !open.includes(row.seq)).slice(0, room);
}

async function deliver(w: World, delivery: Waiting): Promise<void> {
  const destination = listDestinations(w).find((one) => one.id === delivery.destination);
  if (!destination) return note(w, delivery, { state: 'dropped', error: 'destination deleted' });
  const outcome = await post(destination, delivery.body);
  if (outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300) {
    return note(w, delivery, { state: 'delivered', status: outcome.status });
  }
  const retry = retryAfterMs[delivery.tries];
  const again = delivery.tries + 1 < maxTries && retry !== undefined;
  note(w, delivery, { state: again ? 'waiting' : 'failed', ...outcome, ...(again && { inMs: retry }) });
}

async function post(destination: Destination, body: string): Promise<{ status?: number; error?: string }> {
  try {
    const response = await fetch(destination.url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signatureOf(destination.secret, body, Math.floor(Date.now() / 1000)),
      },
      body,
      signal: AbortSignal.timeout(answerWithinMs),
    });
    await response.arrayBuffer();
    return { status: response.status };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

type Note = { state: string; status?: number; error?: string; inMs?: number };

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
