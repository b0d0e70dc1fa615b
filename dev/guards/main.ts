import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { say } from '../say.ts';
import { guards } from './list.ts';
import { withoutGuard, type Guard } from './switch-off.ts';

/**
 * `npm run guards [-- <part of a name> ...]`: switches each guard off in turn, in a copy of this
 * checkout, and expects its tests to go red; with all guards they are green.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'payout-engine-guards-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(130));

type Outcome = { passed: number; failed: string[]; code: number };

function copyTree(): void {
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root });
  for (const path of String(listed.stdout).split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

/** Runs the tests that these guards name, in the copy. */
async function runTests(of: readonly Guard[]): Promise<Outcome> {
  const report = join(copy, 'guards.json');
  rmSync(report, { force: true });
  const args = ['run', ...new Set(of.map(({ tests }) => tests))];
  const pattern = of.map((guard) => `(${guard.pattern})`).join('|');
  const child = spawn(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      ...args,
      '-t',
      pattern,
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    { cwd: copy, stdio: 'ignore' },
  );
  const code = await new Promise<number>((resolve) =>
    child.once('exit', (one) => resolve(one ?? 1)),
  );
  return { ...readReport(report), code };
}

type Report = {
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
};

/** A file that cannot be read at all has no tests: it is no sign that anybody noticed. */
function readReport(file: string): Omit<Outcome, 'code'> {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: results.filter(({ status }) => status === 'passed').length,
    failed: results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  };
}

async function withAll(chosen: readonly Guard[]): Promise<boolean> {
  const { passed, failed, code } = await runTests(chosen);
  const isGreen = code === 0 && passed > 0;
  say(`With every guard: ${passed} tests pass, ${failed.length} fail${isGreen ? '' : ': WRONG'}`);
  for (const name of failed) say(`  ${name}`);
  return isGreen;
}

async function without(guard: Guard): Promise<boolean> {
  const file = join(copy, guard.file);
  const original = readFileSync(file, 'utf8');
  writeFileSync(file, withoutGuard(original, guard));
  const { passed, failed } = await runTests([guard]);
  writeFileSync(file, original);
  const isNoticed = failed.length > 0;
  const words = isNoticed ? `red (${failed.length})` : passed > 0 ? 'STAYS GREEN' : 'NO TEST RAN';
  say(`  ${guard.name.padEnd(30)} ${words.padEnd(12)} ${guard.why}`);
  return isNoticed;
}

const { positionals: parts } = parseArgs({ allowPositionals: true });
const chosen = guards.filter(
  ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)),
);
copyTree();
say(`Running ${new Set(chosen.map(({ tests }) => tests)).size} test files with every guard`);
let missing = (await withAll(chosen)) ? 0 : 1;
say('\nWithout one of them:');
for (const guard of chosen) missing += (await without(guard)) ? 0 : 1;
say(missing === 0 ? `\nEach of the ${chosen.length} guards is missed.` : `\n${missing} WRONG`);
process.exitCode = missing === 0 && chosen.length > 0 ? 0 : 1;
