import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** CPU seconds that each named process has used, including its children. */
export type CpuReading = { at: number; seconds: Record<string, number>; machine: number };

/** The value of `getconf CLK_TCK` on every Linux that Node supports. */
const ticksPerSecond = 100;

/** Reads the CPU seconds of these processes. Returns NaN on systems other than Linux. */
export function readCpu(pids: Record<string, number>): CpuReading {
  const all = processes();
  const seconds = Object.entries(pids).map(([name, pid]) => [name, secondsOf(pid, all)]);
  return { at: performance.now(), seconds: Object.fromEntries(seconds), machine: machineSeconds() };
}

/**
 * The number of busy cores between two readings: per process, for all of ours, and for the machine.
 */
export function coresBetween(before: CpuReading, after: CpuReading): Record<string, number> {
  const wall = (after.at - before.at) / 1000;
  const cores: Record<string, number> = {};
  let ours = 0;
  for (const [name, seconds] of Object.entries(after.seconds)) {
    cores[name] = (seconds - (before.seconds[name] ?? 0)) / wall;
    ours += cores[name];
  }
  return { ...cores, ours, machine: (after.machine - before.machine) / wall };
}

/** CPU milliseconds per item, by process. Other load on the machine hardly changes this figure. */
export function cpuMsEach(
  before: CpuReading,
  after: CpuReading,
  things: number,
): Record<string, number> {
  const each = Object.entries(after.seconds).map(([name, seconds]) => {
    return [name, ((seconds - (before.seconds[name] ?? 0)) * 1000) / things] as const;
  });
  return Object.fromEntries(each);
}

type Process = { pid: number; parent: number; own: number; ofEndedChildren: number };

/**
 * The system adds a child's time to its parent only when the child ends, so running children are
 * added here.
 */
function secondsOf(pid: number, all: readonly Process[]): number {
  const self = all.find((one) => one.pid === pid);
  if (!self) return Number.NaN;
  if (pid === process.pid) return self.own / ticksPerSecond; // its children have names of their own
  const children = all.filter(({ parent }) => parent === pid);
  const living = children.reduce((sum, { own, ofEndedChildren }) => sum + own + ofEndedChildren, 0);
  return (self.own + self.ofEndedChildren + living) / ticksPerSecond;
}

function processes(): Process[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const found = fieldsOf(Number(name));
      return found ? [found] : [];
    });
}

/**
 * The name of a process may contain any character, so the fields are counted from the last
 * parenthesis.
 */
function fieldsOf(pid: number): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0] = fields.slice(1);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
    return { pid, parent, own: user + system, ofEndedChildren: endedUser + endedSystem };
  } catch {
    return undefined; // it ended while we looked
  }
}

function machineSeconds(): number {
  if (!existsSync('/proc/stat')) return Number.NaN;
  const first = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = first
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq) / ticksPerSecond;
}
