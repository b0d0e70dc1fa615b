import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** CPU seconds that each named process used so far, its children included. */
export type CpuReading = { at: number; seconds: Record<string, number>; machine: number };

/** What `getconf CLK_TCK` says on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Reads what these processes used. Elsewhere than on Linux nothing is known: NaN. */
export function readCpu(pids: Record<string, number>): CpuReading {
  const all = processes();
  const seconds = Object.entries(pids).map(([name, pid]) => [name, secondsOf(pid, all)]);
  return { at: performance.now(), seconds: Object.fromEntries(seconds), machine: machineSeconds() };
}

/** Busy cores between two readings: of each process, of ours together, of the whole machine. */
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

/** CPU milliseconds for each of so many things, by process: what a busy neighbour hardly changes. */
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

/** A child that ended is in its parent's sum, one that runs is not: both are counted once. */
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

/** The name of a process may hold anything, so the fields are counted from its last parenthesis. */
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
