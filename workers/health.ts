import { hostname } from 'node:os';
import { readConfig } from '../config.ts';
import { engineQueue } from '../workflows/messages.ts';
import { connectClient } from './temporal.ts';

/** Each poll lasts a minute at most, so a worker that lives asked within two. */
const staleMs = 120_000;

/** Ends with 0 while a worker of this host, which is a container, asks Temporal for work. */
const { temporal } = readConfig(process.env);
const { client, close } = await connectClient(temporal);
try {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: temporal.namespace,
    taskQueue: { name: engineQueue },
  });
  const asks = (pollers ?? []).some(({ identity, lastAccessTime }) => {
    const askedAt = Number(lastAccessTime?.seconds ?? 0) * 1000;
    return identity?.endsWith(`@${hostname()}`) && Date.now() - askedAt < staleMs;
  });
  process.exitCode = asks ? 0 : 1;
} finally {
  await close();
}
