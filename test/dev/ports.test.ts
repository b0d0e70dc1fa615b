import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

import { freePort } from '../../dev/ports.ts';
import { root } from '../servers/program.ts';

test('a free port is nobody else’s until the process that asked ends', async () => {
  const mine = new Set(await Promise.all(Array.from({ length: 100 }, freePort)));
  expect(mine.size).toBe(100);
  expect(Math.max(...mine), 'an outgoing connection could take it').toBeLessThan(32_768);
  const others = spawnSync(process.execPath, ['--input-type=module', '-e', manyPorts], {
    cwd: root,
    encoding: 'utf8',
  });
  const theirs = JSON.parse(others.stdout) as number[];
  expect(theirs).toHaveLength(700);
  expect(theirs.filter((port) => mine.has(port))).toEqual([]);
});

const manyPorts = `
  import { freePort } from './dev/ports.ts';
  const ports = [];
  while (ports.length < 700) ports.push(await freePort());
  console.log(JSON.stringify(ports));
  process.exit();
`;
