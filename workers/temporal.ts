import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Config } from '../config.ts';

type Settings = Config['temporal'];

/** Connects a client to Temporal for a single task. */
export async function connectClient(
  settings: Settings,
): Promise<{ client: Client; close: () => Promise<void> }> {
  const connection = await Connection.connect(addressOf(settings));
  const client = new Client({ connection, namespace: settings.namespace });
  return { client, close: () => connection.close() };
}

/** Opens the connection that all Workers of a process share. */
export async function connectWorkers(settings: Settings): Promise<NativeConnection> {
  return NativeConnection.connect(addressOf(settings));
}

function addressOf({ address, apiKey, tls }: Settings) {
  return { address, tls: tls || apiKey !== undefined, ...(apiKey !== undefined && { apiKey }) };
}
