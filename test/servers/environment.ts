import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Client } from 'pg';
import { inject } from 'vitest';
import { withClient } from '../../dev/servers/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's Postgres, its own administrator's database. */
    postgresUrl: string;
    /** The run's Temporal, as host:port. */
    temporalAddress: string;
    /** The file with the run's compiled workflows; empty while there are none. */
    workflowBundle: string;
  }
}

/** The migrated database that every test database is a copy of. */
export const templateDatabase = 'engine_template';

/** Namespaces that exist, with every search attribute, when the first test runs. */
export const preparedNamespaces = Array.from({ length: 64 }, (_, index) => `test-${index + 1}`);

/** A database of the test's own, with every table; answers with its URL. */
export async function createTestDatabase(): Promise<string> {
  const number = await atServer(async (client) => {
    const { rows } = await client.query("select nextval('test_database') as number");
    const next: string = rows[0].number;
    await client.query(`create database test_${next} template ${templateDatabase}`);
    return next;
  });
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/test_${number}`;
  return url.href;
}

/** A Temporal namespace of the test file's own. */
export async function takeNamespace(): Promise<string> {
  const number = await atServer(async (client) => {
    const { rows } = await client.query("select nextval('test_namespace') as number");
    return Number(rows[0].number);
  });
  const namespace = preparedNamespaces[number - 1];
  if (namespace === undefined) throw new Error('more test files than prepared namespaces');
  return namespace;
}

/** The run's Temporal with a namespace of the test's own: a client, and a connection for workers. */
export async function openTemporal(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createFromExistingServer({
    address: inject('temporalAddress'),
    namespace: await takeNamespace(),
  });
}

/** A busy machine may stand still for some seconds. */
async function atServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  return withClient(inject('postgresUrl'), work, 60_000);
}
