import type { Database } from '../store/database.ts';
import type { Clock } from './clock.ts';
import type { Witness } from './witness.ts';

/** The state that every part of the sandbox shares: its storage, its clock and its address. */
export type World = {
  db: Database;
  clock: Clock;
  secretKey: string;
  /** Where hosted pages live; known once the port is bound. */
  baseUrl: string;
  /** The request being processed, for the events it causes. */
  current: { id: string; idempotency_key: string | null } | null;
  /** Called after a commit that queued deliveries. */
  onDeliveries: () => void;
  witness?: Witness | undefined;
};

/** The one platform account of the sandbox. */
export const platformId = 'acct_sandboxplatform';

/** The API version the sandbox speaks. */
export const apiVersion = '2026-10-28.endive';
