import type { World } from '../core/world.ts';

/** Where events are delivered to. */
export type Destination = {
  id: string;
  url: string;
  secret: string;
  /** Whose events: the platform's own, its connected accounts', or both. */
  scope: 'platform' | 'connected' | 'both';
  payload: 'snapshot' | 'thin';
  enabledEvents: string[];
  /** What Stripe's routes show; absent where the control API set the destination. */
  shown?: Shown;
  disabled?: boolean;
};

/** What Stripe keeps of a destination beside what it needs to deliver. */
export type Shown = {
  created: number;
  updated: number;
  name: string;
  description: string | null;
  metadata: Record<string, string>;
};

/** All destinations, in the order they were made. */
export function listDestinations(w: World): Destination[] {
  const rows = w.db.all<{ body: string }>('select body from destinations order by seq');
  return rows.map((row) => JSON.parse(row.body) as Destination);
}

/** Finds a destination. */
export function findDestination(w: World, id: string): Destination | undefined {
  const row = w.db.get<{ body: string }>('select body from destinations where id = ?', id);
  return row && (JSON.parse(row.body) as Destination);
}

/** Stores a destination, new or changed. */
export function saveDestination(w: World, destination: Destination): void {
  w.db.run(
    'insert into destinations (id, body) values (?, ?) on conflict (id) do update set body = excluded.body',
    destination.id,
    JSON.stringify(destination),
  );
}

/** Deletes a destination; what still waits for it is dropped. */
export function deleteDestination(w: World, id: string): void {
  w.db.run('delete from destinations where id = ?', id);
}
