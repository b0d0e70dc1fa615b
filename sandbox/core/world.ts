import type { Database } from '../store/database.ts';
import type { Clock } from './clock.ts';
import type { Witness } from './witness.ts';

/** The state that every part of the sandbox shares: its storage, its clock and its address. */
export type World = {
  db: Database;
  clock: Clock;
  secretKey: string;
  /** The base URL of hosted pages, which is known once the port is bound. */
  baseUrl: string;
  /** The request that is being processed. Events name it as their cause. */
  current: { id: string; idempotency_key: string | null } | null;
  /** Called after a commit that queued webhook deliveries. */
  onDeliveries: () => void;
  witness?: Witness | undefined;
};

/** The one platform account of the sandbox. */
export const platformId = 'acct_sandboxplatform';

/** The API version of the sandbox. */
export const apiVersion = '2026-10-28.endive';
