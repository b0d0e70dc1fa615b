import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Identifies a process. Its number alone is not enough, because the system reuses numbers. */
export type ProcessIdentity = { pid: number; startedAt: string };

/** Returns the process that has this number now, or undefined. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** True if this same process still runs. */
export function isRunning(known: ProcessIdentity): boolean {
  return identityOf(known.pid)?.startedAt === known.startedAt;
}

/** The command line of a process. Empty if it cannot be read. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ps(pid, 'command=');
  }
}

function startOnLinux(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain spaces. The state is the first field after it, the start
    // time the 20th.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  return ps(pid, 'lstart=') || undefined;
}

function ps(pid: number, column: string): string {
  const answer = spawnSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim() : '';
}
