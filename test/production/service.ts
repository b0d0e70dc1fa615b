import { readFileSync } from 'node:fs';

import { type Launch, launch, pause, waitUntilReady } from '../../dev/processes/launch.ts';

/** A service of the compose file as a plain process, started again as the file says. */
export type Running = {
  /** Waits until a one-shot service has done its work. */
  done: () => Promise<void>;
  /** Waits until this holds; an end meanwhile is an error that shows the log. */
  until: (isReady: () => Promise<boolean>) => Promise<void>;
  /** kill -9: what becomes of it then is what the file says. */
  kill: () => void;
  /** How often it was started. */
  starts: () => number;
  /** What all its processes wrote. */
  log: () => string;
  stop: () => Promise<void>;
};

/** What Docker waits before it starts a container again. */
const restartMs = 100;
/** Docker would go on for ever; here more is a fault whose log has to be seen. */
const mostStarts = 8;
/** Then it is killed, as Docker does. */
const stopWithinMs = 15_000;

/** Starts a process under a `restart` of the compose file. */
export function startService(plan: Launch, restart = 'no'): Running {
  let child = launch(plan);
  let starts = 1;
  let isStopping = false;
  const keepUp = async (): Promise<void> => {
    while (isStartedAgain(restart, await child.ended)) {
      await pause(restartMs);
      if (isStopping || starts === mostStarts) return;
      child = launch(plan);
      starts += 1;
    }
  };
  const supervised = keepUp();
  return {
    async done() {
      await supervised;
      await waitUntilReady(child, async () => (await child.ended) === 'exit 0', 0);
    },
    until: async (isReady) => waitUntilReady(child, isReady, 60_000),
    kill: () => child.kill('SIGKILL'),
    starts: () => starts,
    log: () => readFileSync(plan.logFile, 'utf8'),
    async stop() {
      isStopping = true;
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      await supervised;
      clearTimeout(limit);
    },
  };
}

function isStartedAgain(restart: string, ending: string): boolean {
  return restart === 'unless-stopped' || (restart === 'on-failure' && ending !== 'exit 0');
}
