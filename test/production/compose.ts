import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { parse } from 'yaml';

/** The top of the checkout, where the compose file stands. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One service of the compose file, as the client that would start it reads it. */
export type Service = {
  image: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  ports?: unknown[];
  restart?: string;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas: number };
};

/** What a person must give before anything starts. */
export const required = {
  POSTGRES_PASSWORD: 'password1',
  STRIPE_SECRET_KEY: 'sk_test_sandbox',
  ADMIN_API_KEY: 'pe_admin_of_the_tests_1',
};

/** Lets the compose client read the file with these variables; answers as the client ended. */
export function runCompose(env: Record<string, string>): { code: number; output: string } {
  const ran = spawnSync('docker-compose', ['-f', 'docker-compose.yml', 'config'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    encoding: 'utf8',
  });
  if (ran.error) {
    throw new Error('docker-compose is not on this machine: apt-get install docker-compose', {
      cause: ran.error,
    });
  }
  return { code: ran.status ?? 1, output: ran.status === 0 ? ran.stdout : ran.stderr };
}

/** The services that the compose client finds in the file. */
export function readServices(env: Record<string, string> = required): Record<string, Service> {
  const { code, output } = runCompose(env);
  if (code !== 0) throw new Error(output);
  // Debian's client writes no JSON, and YAML of version 1.1.
  const { services } = parse(output, { version: '1.1' }) as { services: Record<string, Service> };
  return services;
}
