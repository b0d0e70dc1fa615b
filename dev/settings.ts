import { readConfig } from '../config.ts';
import { portFrom, type WantedPort } from './ports.ts';
import { Stopped } from './say.ts';

/** The launcher's own settings, read from its variables. */
export type Settings = {
  ports: { api: number; temporal: number; temporalUi: number; postgres: number; sandbox: number };
  /** Set if the server runs elsewhere: then the launcher does not start one. */
  databaseUrl: string | undefined;
  temporalAddress: string | undefined;
  stripeKey: string | undefined;
  namespace: string;
};

/** The key of the embedded sandbox. */
export const sandboxKey = 'sk_test_sandbox';

/**
 * Reads the launcher's own variables. Throws Stopped for an invalid variable of the engine, before
 * anything starts.
 */
export function readSettings(): Settings {
  checkEngineSettings();
  return {
    ports: {
      api: portFrom('API_PORT', 3000),
      temporal: portFrom('TEMPORAL_PORT', 7233),
      temporalUi: portFrom('TEMPORAL_UI_PORT', 8233),
      postgres: portFrom('POSTGRES_PORT', 5433),
      sandbox: portFrom('SANDBOX_PORT', 12_111),
    },
    databaseUrl: process.env.DATABASE_URL || undefined,
    temporalAddress: process.env.TEMPORAL_ADDRESS || undefined,
    stripeKey: process.env.STRIPE_SECRET_KEY || undefined,
    namespace: process.env.TEMPORAL_NAMESPACE || 'default',
  };
}

/**
 * Fills in placeholders for the variables that the launcher sets later. The engine's parts check
 * all variables again.
 */
function checkEngineSettings(): void {
  const { DATABASE_URL, STRIPE_SECRET_KEY } = process.env;
  const sandbox = { STRIPE_SECRET_KEY: sandboxKey, STRIPE_API_BASE: 'http://127.0.0.1' };
  try {
    readConfig({
      ...process.env,
      DATABASE_URL: DATABASE_URL || 'postgres://',
      ...(!STRIPE_SECRET_KEY && sandbox),
    });
  } catch (error) {
    throw new Stopped(error instanceof Error ? error.message : String(error));
  }
}

/** Lists the ports on which a start with these settings listens. */
export function wantedPorts({ ports, ...settings }: Settings): WantedPort[] {
  const wanted = [{ port: ports.api, what: 'the API', variable: 'API_PORT' }];
  if (settings.temporalAddress === undefined) {
    wanted.push(
      { port: ports.temporal, what: 'Temporal', variable: 'TEMPORAL_PORT' },
      { port: ports.temporalUi, what: "Temporal's web interface", variable: 'TEMPORAL_UI_PORT' },
    );
  }
  if (settings.databaseUrl === undefined) {
    wanted.push({ port: ports.postgres, what: 'Postgres', variable: 'POSTGRES_PORT' });
  }
  if (settings.stripeKey === undefined) {
    wanted.push({ port: ports.sandbox, what: 'the Stripe sandbox', variable: 'SANDBOX_PORT' });
  }
  return wanted;
}
