import { hostname } from 'node:os';
import { listPollers } from '../activities/wake-ups/pollers.ts';
import { readConfig } from '../config.ts';
import { connectClient } from './temporal.ts';

/**
 * Exits with 0 if a worker of this host (in production: of this container) polls Temporal for work.
 */
const { temporal } = readConfig(process.env);
const { client, close } = await connectClient(temporal);
try {
  const pollers = await listPollers(client, temporal.namespace);
  process.exitCode = pollers.some((identity) => identity.endsWith(`@${hostname()}`)) ? 0 : 1;
} finally {
  await close();
}
