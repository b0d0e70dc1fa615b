import { chance } from '../core/chance.ts';
import type { World } from '../core/world.ts';
import { listDestinations } from './destinations.ts';
import type { Destination } from './destinations.ts';
import { orderly, readWebhookSettings } from './settings.ts';
import type { WebhookSettings } from './settings.ts';

type Queued = { id: string; version: 'v1' | 'v2'; connected: boolean; type: string };

/** Queues an event for every destination that wants it, in the event's own transaction. */
export function queueDeliveries(w: World, event: Queued): void {
  const settings = readWebhookSettings(w);
  const fromAccounts = event.version === 'v2' && settings.accountEventsFrom === 'accounts';
  const connected = event.connected || fromAccounts;
  const wanted = listDestinations(w).filter((one) => wants(one, { ...event, connected }));
  if (wanted.length === 0 || settings.mode === 'off') return;
  const row = w.db.get<{ seq: number }>('select seq from events where id = ?', event.id);
  for (const { id } of wanted) {
    const luck = (of: string): number => chance(settings.seed, id, row?.seq ?? 0, of);
    if (luck('lose') < settings.lose) continue;
    queue(w, event.id, id, settings, luck('first'));
    if (luck('duplicate') < settings.duplicate) queue(w, event.id, id, settings, luck('second'));
    if (luck('stale') < settings.stale) queueStale(w, event.id, id, settings);
  }
  w.onDeliveries();
}

/**
 * Queues one delivery of an event; `luck` is which part of the delay it takes where they overtake.
 */
export function queue(
  w: World,
  eventId: string,
  destination: string,
  { mode, reorder, delayMs }: WebhookSettings,
  luck = 0,
): void {
  const delay = Math.round(delayMs * (reorder ? luck : 1));
  const held = mode === 'hold';
  w.db.run(
    'insert into deliveries (event_id, destination, next_at, tries, state) values (?, ?, ?, 0, ?)',
    eventId,
    destination,
    held ? null : Date.now() + delay,
    held ? 'held' : 'waiting',
  );
}

/** Sends the same event again later, when its object may have changed. */
function queueStale(w: World, id: string, destination: string, { staleMs }: WebhookSettings): void {
  queue(w, id, destination, { ...orderly, delayMs: staleMs });
}

function wants(destination: Destination, event: Queued): boolean {
  if (destination.disabled) return false;
  if ((destination.payload === 'thin') !== (event.version === 'v2')) return false;
  const scope = event.connected ? 'connected' : 'platform';
  if (destination.scope !== 'both' && destination.scope !== scope) return false;
  return destination.enabledEvents.some((pattern) => typeMatches(pattern, event.type));
}

/** Does an event type match a name, or a group of names that ends in `*`? */
export function typeMatches(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
