import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { root, type Service } from './compose.ts';
import { startService, type Running } from './service.ts';

/** Where services run as plain processes, and all of them are stopped. */
export type Yard = {
  folder: string;
  /**
   * Starts a service; `told` are the variables it gets from its image, or from Docker's network.
   */
  start: (name: string, service: Service, told?: Record<string, string>) => Running;
  /** Stopped as well, in its turn: the last that was started first. */
  alsoStop: (stop: () => Promise<void>) => void;
  stop: () => Promise<void>;
};

/** The names that services have for each other, and where they are here. */
export type Places = Record<`${string}:${number}`, number>;

/** This machine alone. */
export const host = '127.0.0.1';

/** Opens a yard in a temporary folder. `programs` are folders with what the images bring. */
export function openYard(programs: readonly string[], places: Places): Yard {
  const folder = mkdtempSync(join(tmpdir(), 'payout-engine-production-'));
  chmodSync(folder, 0o755); // Postgres may run as another user
  const path = [dirname(process.execPath), ...programs, process.env.PATH ?? ''].join(delimiter);
  const here = (text: string): string => {
    const moved = Object.entries(places).reduce(
      (moving, [name, port]) => moving.replace(name, `${host}:${port}`),
      text,
    );
    return moved.replace(/^\/deploy\b/, join(root, 'deploy'));
  };
  const stops: (() => Promise<void>)[] = [];
  return {
    folder,
    start(name, { entrypoint = [], command = [], environment = {}, restart }, told) {
      const [program = '', ...args] = [...entrypoint, ...command].map(here);
      const given = Object.entries(environment).map(([key, value]) => [key, here(value)]);
      const running = startService(
        {
          name,
          command: program,
          args,
          // Nothing of our own environment: it could name a real database or a real key.
          env: { PATH: path, HOME: folder, ...Object.fromEntries(given), ...told },
          cwd: root,
          logFile: join(folder, `${name}.log`),
        },
        restart,
      );
      stops.push(running.stop);
      return running;
    },
    alsoStop: (stop) => void stops.push(stop),
    async stop() {
      for (const stop of stops.toReversed()) await stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
