import { readSetting } from '../core/world.ts';
import type { World } from '../core/world.ts';

/** Where events are delivered to. */
export type Destination = {
  id: string;
  url: string;
  secret: string;
  scope: 'account' | 'connect' | 'both';
  payload: 'snapshot' | 'thin';
  enabledEvents: string[];
  /** What the Stripe routes show; absent for destinations set through the control API. */
  name?: string;
  description?: string;
  metadata?: Record<string, string>;
  disabled?: boolean;
};

/** How deliveries misbehave. Probabilities are between 0 and 1. */
export type WebhookMode = {
  mode: 'on' | 'off' | 'shuffle';
  duplicate: number;
  lose: number;
  delayMs: number;
};

/** Deliveries as they should be. */
export const orderly: WebhookMode = { mode: 'on', duplicate: 0, lose: 0, delayMs: 0 };

type Queued = { id: string; version: 'v1' | 'v2'; connected: boolean; type: string };

/** Queues an event for every destination that wants it, in the event's own transaction. */
export function queueDeliveries(w: World, event: Queued): void {
  const wanted = listDestinations(w).filter((destination) => wants(destination, event));
  if (wanted.length === 0) return;
  const settings = readSetting(w.db, 'webhooks', orderly);
  if (settings.mode === 'off') return;
  for (const destination of wanted) {
    if (Math.random() < settings.lose) continue;
    queue(w, event.id, destination.id, settings);
    if (Math.random() < settings.duplicate) queue(w, event.id, destination.id, settings);
  }
  w.onDeliveries();
}

/** All destinations, in the order they were made. */
export function listDestinations(w: World): Destination[] {
  const rows = w.db.all<{ body: string }>('select body from destinations order by seq');
  return rows.map((row) => JSON.parse(row.body) as Destination);
}

/** Queues one delivery of an event, for a test, a ping or a resend. */
export function queue(w: World, eventId: string, destination: string, settings: WebhookMode): void {
  const spread = settings.mode === 'shuffle' ? Math.random() : 1;
  w.db.run(
    `insert into deliveries (event_id, destination, next_at, tries, state)
     values (?, ?, ?, 0, 'waiting')`,
    eventId,
    destination,
    Date.now() + Math.round(settings.delayMs * spread),
  );
}

function wants(destination: Destination, event: Queued): boolean {
  if (destination.disabled) return false;
  if ((destination.payload === 'thin') !== (event.version === 'v2')) return false;
  const scope = event.connected ? 'connect' : 'account';
  if (destination.scope !== 'both' && destination.scope !== scope) return false;
  return destination.enabledEvents.some((pattern) =>
    pattern.endsWith('*') ? event.type.startsWith(pattern.slice(0, -1)) : pattern === event.type,
  );
}
