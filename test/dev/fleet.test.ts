import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type Fleet, openFleet } from '../../dev/processes/fleet.ts';

const names = ['Postgres', 'sandbox', 'API', 'Temporal', 'worker'];
const inOrder = 'API worker sandbox Temporal Postgres';
let folder: string;
const file = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payout-engine-fleet-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('stops the API first and Postgres last, each after the one before has ended', async () => {
  const fleet = await openFleet(file('processes.json'), () => {});
  await startNoted(fleet);
  await fleet.stopAll();
  expect(noted()).toBe(inOrder);
  expect(JSON.parse(readFileSync(file('processes.json'), 'utf8'))).toEqual({ parts: [] });
});

test('stops in the same order what a killed launcher left', async () => {
  const written = file('processes.json');
  await startNoted(await openFleet(written, () => {}));
  const { parts } = JSON.parse(readFileSync(written, 'utf8')) as { parts: unknown };
  writeFileSync(written, JSON.stringify({ parts }));
  const told: string[] = [];
  await openFleet(written, (line) => told.push(line));
  expect(noted()).toBe(inOrder);
  expect(told.join()).toContain('An earlier start was cut short');
});

/** Starts five processes that write their name down a moment after they are told to end. */
async function startNoted(fleet: Fleet): Promise<void> {
  const end = (name: string): string => `sleep 0.2; echo ${name} >> ${file('noted')}; exit`;
  const ready = names.map(
    (name) =>
      new Promise<void>((resolve) => {
        const script = `trap '${end(name)}' TERM INT; echo up; while :; do sleep 0.05; done`;
        const logFile = file('log');
        fleet.start({
          name,
          command: '/bin/sh',
          args: ['-c', script],
          logFile,
          onLine: () => resolve(),
        });
      }),
  );
  await Promise.all(ready);
}

function noted(): string {
  return readFileSync(file('noted'), 'utf8').trim().split('\n').join(' ');
}
