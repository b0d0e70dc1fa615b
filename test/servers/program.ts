import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process of the engine that a test starts and kills. */
export type Program = {
  start: () => Promise<void>;
  /** Sends SIGKILL and waits until the process has ended. */
  kill: () => Promise<void>;
  log: () => string;
};

/** The top of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts a program of the engine that prints `{"ready":...}` once it works. */
export function program(script: string, env: Record<string, string>): Program {
  let child: ChildProcess | undefined;
  const lines: string[] = [];
  return {
    async start() {
      const started = spawn(process.execPath, [script], {
        cwd: root,
        env: { ...inherited(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      const ready = new Promise<void>((resolve, reject) => {
        for (const stream of [started.stdout, started.stderr]) {
          createInterface({ input: stream }).on('line', (line) => {
            lines.push(line);
            if (line.startsWith('{"ready"')) resolve();
          });
        }
        started.once('exit', () => {
          reject(new Error(`${script} ended:\n${lines.slice(-20).join('\n')}`));
        });
      });
      await ready;
    },
    async kill() {
      const killed = child;
      child = undefined;
      if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
      const gone = new Promise((resolve) => killed.once('exit', resolve));
      killed.kill('SIGKILL');
      await gone;
    },
    log: () => lines.join('\n'),
  };
}

/**
 * The variables of this process that the engine's programs inherit, for example the folder of
 * compiled modules.
 */
function inherited(): Record<string, string> {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }) };
}
