import { pathMatches } from './holds.ts';

/** An injected fault. `processed` lets a `status` fault do the work before it answers. */
export type Fault = {
  method: string;
  path: string;
  times: number;
  kind: 'drop-before' | 'drop-after' | 'status' | 'delay';
  status: number;
  body: string;
  headers: Record<string, string>;
  stored: boolean;
  processed: boolean;
  delayMs: number;
};

/** The faults waiting to strike. */
export type Faults = {
  add(fault: Fault): void;
  clear(): void;
  take(method: string, path: string): Fault | undefined;
};

/** Makes the faults of one running sandbox. */
export function createFaults(): Faults {
  let faults: Fault[] = [];
  return {
    add: (fault) => void faults.push({ ...fault }),
    clear: () => void (faults = []),
    take(method, path) {
      const fault = faults.find((one) => one.method === method && pathMatches(one.path, path));
      if (!fault) return undefined;
      fault.times -= 1;
      if (fault.times <= 0) faults = faults.filter((one) => one !== fault);
      return fault;
    },
  };
}
