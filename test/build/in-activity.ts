import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import { noopMetricMeter } from '@temporalio/common';

const silence = () => undefined;
const log = {
  log: silence,
  trace: silence,
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
};

/** Runs what only runs in an activity: with a log and a heartbeat that lead nowhere. */
export function inActivity<T>(run: () => Promise<T>, info: Partial<Info> = {}): Promise<T> {
  const context = new Context(
    info as Info,
    new Promise<never>(silence),
    new AbortController().signal,
    silence,
    undefined,
    log,
    noopMetricMeter,
    {},
  );
  return asyncLocalStorage.run(context, run);
}
