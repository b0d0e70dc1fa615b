import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRuns, replay, savedTypes, textOf } from '../replay/histories.ts';

const source = readFileSync(new URL('../../workflows/index.ts', import.meta.url), 'utf8');
const types = [...source.matchAll(/^export \{ (\w+) \} from/gm)].flatMap(([, type]) => type ?? []);

describe('a saved history', () => {
  test('stands for every workflow that the worker runs', () => {
    expect(types).toContain('payout');
    expect(savedTypes().sort()).toEqual(types.toSorted());
  });

  test.each(types)('of a %s replays on the code of today', async (type) => {
    const runs = readRuns(type);
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) await replay(run);
  });

  test('tells a payday', () => {
    expect(textOf(readRuns('sellerLifecycle')).includes('"openPayday"')).toBe(true);
  });

  test('holds no personal data and no secret', () => {
    for (const type of types) {
      expect(textOf(readRuns(type))).not.toMatch(/@example|DE89|FR14|whsec_|sk_test/);
    }
  });
});

describe('a change of the order of steps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'payout-engine-replay-'));
  const [changed, patched] = ['changed', 'patched'].map((name) => join(folder, name));
  const bundle = async (codePath = '') => {
    const source = new URL(`${basename(codePath)}.ts`, import.meta.url);
    const logger = new DefaultLogger('ERROR');
    const { code } = await bundleWorkflowCode({ workflowsPath: fileURLToPath(source), logger });
    writeFileSync(codePath, code);
  };
  beforeAll(async () => {
    await bundle(changed);
    await bundle(patched);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is caught before it strands a payout that is under way', async () => {
    const [first] = readRuns('payout');
    if (!first) throw new Error('no payout was saved');
    await expect(replay(first, changed)).rejects.toThrow(DeterminismViolationError);
  });

  test('touches no history of a workflow that was not changed', async () => {
    for (const run of readRuns('relay')) await replay(run, changed);
  });

  test('replays every payout of before where the old order stays behind `patched`', async () => {
    for (const run of readRuns('payout')) await replay(run, patched);
  });
});
