import { randomBytes } from 'node:crypto';
import { invalid, refusal } from '../core/errors.ts';
import { text } from '../core/params.ts';
import type { Field } from '../core/params.ts';
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
  disabled?: boolean;
  /** What Stripe's routes show; absent where the control API set the destination. */
  shown?: Shown;
};

/** What Stripe keeps of a destination beside what it needs to deliver. */
export type Shown = {
  created: string;
  updated: string;
  name: string;
  description: string | null;
  metadata: Record<string, string>;
  /** Shown only: every event is written in the sandbox's own version. */
  apiVersion?: string;
};

/** A destination made through Stripe's routes. */
export type Kept = Destination & { shown: Shown };

const mostDestinations = 16;

/** Adds a destination made through Stripe's routes, with a signing secret of its own. */
export function addDestination(
  w: World,
  wanted: Omit<Destination, 'secret' | 'shown'> & { shown: Omit<Shown, 'created' | 'updated'> },
): Kept {
  if (listDestinations(w).length >= mostDestinations) {
    throw refusal(`You have reached the maximum of ${mostDestinations} test webhook endpoints.`);
  }
  const now = new Date(w.clock.now()).toISOString();
  const secret = `whsec_${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`;
  const kept = { ...wanted, secret, shown: { ...wanted.shown, created: now, updated: now } };
  saveDestination(w, kept);
  return kept;
}

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
    `insert into destinations (id, body) values (?, ?)
     on conflict (id) do update set body = excluded.body`,
    destination.id,
    JSON.stringify(destination),
  );
}

/** Deletes a destination; what still waits for it is dropped. */
export function deleteDestination(w: World, id: string): void {
  w.db.run('delete from destinations where id = ?', id);
}

/** An address events can be posted to. */
export function httpUrl(): Field<string | undefined> {
  return {
    read(value, name) {
      const url = text().read(value, name) ?? '';
      if (/^https?:\/\//.test(url) && URL.canParse(url)) return url;
      throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
        code: 'url_invalid',
        param: name,
      });
    },
  };
}
