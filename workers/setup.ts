import { readConfig } from '../config.ts';
import { ensureSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { connectClient } from './temporal.ts';

/** Lays what the engine needs in Temporal; running it again changes nothing that is right. */
const config = readConfig(process.env);
const { client, close } = await connectClient(config.temporal);
try {
  await ensureSearchAttributes(client);
  await ensureSchedules(client, config.jobSeconds);
} finally {
  await close();
}
