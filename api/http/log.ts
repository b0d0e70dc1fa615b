import type { Log } from './context.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Creates a log that writes JSON lines of the level `least` and above, by default to stderr. */
export function createLog(least: (typeof levels)[number], write = writeToStderr): Log {
  const from = levels.indexOf(least);
  return ({ level, event, ...fields }) => {
    if (levels.indexOf(level) < from) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  };
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}
