import type { StripeRequest } from '../http/exchange.ts';
import { type Aim, isAimedAt } from '../http/paths.ts';

/**
 * An injected fault, for the next `count` requests it is aimed at. `stored` keeps a status under
 * the idempotency key; `processed` does the work before the status is answered.
 */
export type Fault = Aim & {
  id: string;
  count: number;
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
  replace(faults: Fault[]): void;
  list(): Fault[];
  take(request: StripeRequest): Fault | undefined;
};

/** Makes the faults of one running sandbox. */
export function createFaults(): Faults {
  let faults: Fault[] = [];
  return {
    replace: (next) => void (faults = next.map((fault) => ({ ...fault }))),
    list: () => faults,
    take(request) {
      const fault = faults.find((one) => one.count > 0 && isAimedAt(one, request));
      if (fault) fault.count -= 1;
      return fault;
    },
  };
}
