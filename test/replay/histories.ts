import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { RunningEngine } from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

/** One run of a workflow, as Temporal keeps it and gives it to a worker that has not seen it. */
export type SavedRun = { workflowId: string; history: { events: Record<string, unknown>[] } };

const folder = new URL('.', import.meta.url);

/** Files of histories, `<type>.<day>.json`: each is of the code of its day. The oldest first. */
function savedFiles(): { name: string; type: string }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => ({ name, type: name.slice(0, name.indexOf('.')) }));
}

/** The workflow types of which histories are saved. */
export function savedTypes(): string[] {
  return [...new Set(savedFiles().map(({ type }) => type))];
}

/** The runs of a workflow type, of every day on which some were saved. */
export function readRuns(of: string): SavedRun[] {
  return savedFiles()
    .filter(({ type }) => type === of)
    .flatMap(({ name }) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as SavedRun[]);
}

/** Saves runs beside those of other days, which have to go on replaying. */
export function saveRuns(type: string, runs: SavedRun[]): void {
  const lines = runs.map((run) => JSON.stringify(run)).join(',\n');
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(new URL(`${type}.${day}.json`, folder), `[\n${lines}\n]\n`);
}

/** What the payloads of these runs say. */
export function textOf(runs: readonly SavedRun[]): string {
  const payloads = JSON.stringify(runs).matchAll(/"data":"([^"]*)"/g);
  return [...payloads].map(([, data]) => Buffer.from(data ?? '', 'base64').toString()).join('\n');
}

/** Every run of these workflows, the oldest first, once as many are known as have to be. */
export async function fetchRuns(
  { temporal }: Pick<RunningEngine, 'temporal'>,
  query: string,
  atLeast = 1,
): Promise<SavedRun[]> {
  const found = await until(`there are ${atLeast} runs of ${query}`, async () => {
    const runs = [];
    for await (const run of temporal.workflow.list({ query })) runs.push(run);
    return runs.length >= atLeast && runs;
  });
  found.sort((left, right) => left.startTime.getTime() - right.startTime.getTime());
  return Promise.all(
    found.map(async ({ workflowId, runId }) => {
      const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      return { workflowId, history: plain(history) as SavedRun['history'] };
    }),
  );
}

/**
 * A history as JSON can hold it. The SDK's own conversion works only where all its packages share
 * one protobufjs; what it replays from needs numbers for numbers, and base64 for bytes.
 */
function plain(part: unknown): unknown {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64');
  if (Array.isArray(part)) return part.map(plain);
  if (typeof part !== 'object' || part === null) return part;
  if ('low' in part && 'high' in part) return Number(part);
  const known = Object.entries(part).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    // A stack names the machine on which it was saved.
    known.map(([name, value]) => [name, name === 'stackTrace' ? '' : plain(value)]),
  );
}

/** Runs a history again on a bundle; throws where the code of today would have done otherwise. */
export async function replay(run: SavedRun, codePath = inject('workflowBundle')): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, run.history, run.workflowId);
}
