import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Client } from 'pg';
import { inject } from 'vitest';
import { withClient } from '../../dev/servers/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's Postgres: the URL of its administrative database. */
    postgresUrl: string;
    /** The address of the run's Temporal, as host:port. */
    temporalAddress: string;
    /** The file with the run's compiled workflows. Empty until they are compiled. */
    workflowBundle: string;
  }
}

/** The migrated database that every test database is copied from. */
export const templateDatabase = 'engine_template';

/** Namespaces that are created, with every search attribute, before the first test runs. */
export const preparedNamespaces = Array.from({ length: 64 }, (_, index) => `test-${index + 1}`);

/** Creates the test's own database with all tables. Returns its URL. */
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

/** Takes a Temporal namespace for one test file. */
export async function takeNamespace(): Promise<string> {
  const number = await atServer(async (client) => {
    const { rows } = await client.query("select nextval('test_namespace') as number");
    return Number(rows[0].number);
  });
  const namespace = preparedNamespaces[number - 1];
  if (namespace === undefined) throw new Error('more test files than prepared namespaces');
  return namespace;
}

/**
 * Connects to the run's Temporal in the test's own namespace: a client, and a connection for
 * workers.
 */
export async function openTemporal(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createFromExistingServer({
    address: inject('temporalAddress'),
    namespace: await takeNamespace(),
  });
}

/** A busy machine may not answer for some seconds. */
async function atServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  return withClient(inject('postgresUrl'), work, 60_000);
}
