import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { readSettings, type Settings } from './settings.ts';
import type { State } from './state.ts';

/**
 * Settings for the sandbox and for own servers only, so that no variable leads a demo or a test to
 * real money.
 */
export function ownSettings(): Settings {
  for (const name of Object.keys(process.env)) {
    if (/^(DATABASE_URL|ALLOW_LIVE|STRIPE_|TEMPORAL_(ADDRESS|NAMESPACE|API_KEY|TLS))/.test(name)) {
      delete process.env[name];
    }
  }
  return readSettings();
}

/** Removes what an earlier run left. Keeps the secrets and the record of the running processes. */
export function empty(state: State): void {
  const place = state.secret('postgres-place');
  const kept = ['processes.json', 'postgres-place', 'admin-key', 'webhook-secret', 'logs'];
  for (const name of readdirSync(state.folder)) {
    if (!kept.includes(name)) rmSync(state.file(name), { recursive: true, force: true });
  }
  const fallback = join('/var/lib/payout-engine', place, 'data');
  rmSync(fallback, { recursive: true, force: true });
}
