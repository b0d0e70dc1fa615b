import type { StripeRequest } from '../http/exchange.ts';
import { type Aim, isAimedAt } from '../http/paths.ts';

/**
 * Where in its life a request is held. `during` is in flight: its key is taken, nothing is done.
 */
export type HoldPoint = 'before' | 'during' | 'after';

/** An order to stop the next `count` requests it is aimed at. */
export type HoldOrder = Aim & {
  id: string;
  when: HoldPoint;
  count: number;
  /** While a request hangs, other writes for its account find it locked. */
  lock: boolean;
};

type Waiting = { request: StripeRequest; since: number; resume: () => void };
type Hold = HoldOrder & { caught: number; released: boolean; drop: boolean; waiting: Waiting[] };

/** Named kill points: stops matching requests until released. */
export type Holds = {
  /** Replaces all holds. Requests that the old holds stopped continue. */
  replace(orders: HoldOrder[]): void;
  /** Every hold with the requests that hang in it now. */
  list(): object[];
  /** Releases the waiting requests and ends the hold. Returns false if no hold has this id. */
  release(id: string, drop: boolean): boolean;
  /** Waits if a hold matches. Returns `drop` if the connection must be closed. */
  pass(when: HoldPoint, request: StripeRequest): Promise<'go' | 'drop'>;
  /** Does another request hang that locks the account of this one? */
  isLocked(request: StripeRequest): boolean;
  releaseAll(): void;
};

/** Creates the holds of one running sandbox. They end with its process, like the connections. */
export function createHolds(): Holds {
  let holds: Hold[] = [];
  return {
    replace(orders) {
      for (const hold of holds) letGo(hold, false);
      holds = orders.map((order) => {
        return { ...order, caught: 0, released: false, drop: false, waiting: [] };
      });
    },
    list: () => holds.map((hold) => show(hold)),
    release: (id, drop) =>
      letGo(
        holds.find((hold) => hold.id === id),
        drop,
      ),
    async pass(when, request) {
      const hold = holds.find((one) => one.when === when && catches(one, request));
      if (!hold) return 'go';
      hold.caught += 1;
      await new Promise<void>((resume) =>
        hold.waiting.push({ request, since: Date.now(), resume }),
      );
      return hold.drop ? 'drop' : 'go';
    },
    isLocked: ({ account }) =>
      holds.some(
        ({ lock, waiting }) => lock && waiting.some((one) => one.request.account === account),
      ),
    releaseAll() {
      for (const hold of holds) letGo(hold, true);
    },
  };
}

function catches(hold: Hold, request: StripeRequest): boolean {
  return !hold.released && hold.caught < hold.count && isAimedAt(hold, request);
}

function letGo(hold: Hold | undefined, drop: boolean): boolean {
  if (!hold) return false;
  hold.released = true;
  hold.drop = drop;
  for (const { resume } of hold.waiting.splice(0)) resume();
  return true;
}

function show(hold: Hold): object {
  const { id, when, method, path, account, count, lock, caught, released, waiting } = hold;
  const requests = waiting.map(({ request, since }) => ({
    requestId: request.id,
    since,
    method: request.method,
    path: request.path,
    account: request.account,
    idempotencyKey: request.key,
  }));
  return { id, when, method, path, account, count, lock, caught, released, waiting: requests };
}
