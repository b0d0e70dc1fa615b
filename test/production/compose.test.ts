import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { readServices, required, root, runCompose } from './compose.ts';

const ours = ['migrate', 'setup', 'worker', 'api'];

/** Where the engine of the compose file gets what is not for the person who starts it. */
const elsewhere = ['TEMPORAL_API_KEY', 'TEMPORAL_TLS', 'API_HOST', 'API_PORT', 'WORKFLOW_BUNDLE'];

describe('the compose file', () => {
  test.each(Object.keys(required))('starts nothing without %s', (name) => {
    const { code, output } = runCompose({ ...required, [name]: '' });
    expect(code).not.toBe(0);
    expect(output).toMatch(/password|secret key|first key/);
  });

  test('publishes the API and the Temporal UI alone, on 127.0.0.1', () => {
    const published = Object.entries(readServices())
      .filter(([, { ports = [] }]) => ports.length > 0)
      .map(([name, { ports }]) => [name, ports]);
    expect(published).toEqual([
      ['api', ['127.0.0.1:3000:3000/tcp']],
      ['temporal-ui', ['127.0.0.1:8233:8080/tcp']],
    ]);
  });

  test('pins every image to a version and names no registry', () => {
    for (const [name, { image }] of Object.entries(readServices())) {
      if (ours.includes(name)) expect(image).toBe('payout-engine:local');
      else expect(image, name).toMatch(/^(temporalio\/)?[a-z-]+:\d+\.\d+[\w.-]*$/);
    }
  });

  test('gives the engine every setting that config.ts reads', () => {
    const text = readFileSync(join(root, 'config.ts'), 'utf8');
    const names = [...text.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(20);
    const { worker } = readServices();
    const expected = names.filter((name) => !elsewhere.includes(name));
    expect(Object.keys(worker?.environment ?? {}).sort()).toEqual(expected.sort());
  });

  test('lets nothing run before what it needs, and two workers run', () => {
    const services = readServices();
    const waitsFor = (name: string) => Object.keys(services[name]?.depends_on ?? {}).sort();
    expect(waitsFor('worker')).toEqual(['setup']);
    expect(waitsFor('api')).toEqual(['setup']);
    expect(waitsFor('setup')).toEqual(['migrate', 'temporal-namespace']);
    expect(services['worker']?.deploy?.replicas).toBe(2);
  });

  test('asks every service that goes on whether it works', () => {
    const goesOn = Object.entries(readServices()).filter(([, { restart }]) => {
      return restart === 'unless-stopped';
    });
    expect(goesOn.map(([name]) => name).sort()).toEqual(
      ['postgres', 'temporal', 'temporal-ui', 'worker', 'api'].sort(),
    );
    for (const [name, { healthcheck }] of goesOn) {
      expect(healthcheck?.test[0], name).toBe('CMD');
    }
  });
});

test('the image compiles the workflows into a file that the worker can load', () => {
  expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toMatch(
    /RUN node workers\/bundle\.ts workflows\.js[^]*WORKFLOW_BUNDLE=\/engine\/workflows\.js[^]*USER node/,
  );
  const folder = mkdtempSync(join(tmpdir(), 'payout-engine-bundle-'));
  try {
    const file = join(folder, 'workflows.js');
    const made = spawnSync(process.execPath, ['workers/bundle.ts', file], { cwd: root });
    expect(made.status, String(made.stderr)).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('sellerLifecycle');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
