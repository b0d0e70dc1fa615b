/** Where in its life a request is held. `during` is in flight: its key is taken, nothing is done. */
export type HoldPoint = 'before' | 'during' | 'after';

/** A request for a hold. `path` ends in `*` to match a prefix. */
export type HoldOrder = { method: string; path: string; when: HoldPoint; times: number };

type Hold = HoldOrder & { caught: number; released: boolean; drop: boolean; waiting: (() => void)[] };

/** Named kill points: stops matching requests until released. */
export type Holds = {
  place(order: HoldOrder): string;
  read(id: string): { caught: number; released: boolean } | undefined;
  release(id: string, drop: boolean): boolean;
  /** Waits where a hold says so. Answers `drop` when the connection is to be closed. */
  pass(when: HoldPoint, method: string, path: string): Promise<'go' | 'drop'>;
  releaseAll(): void;
};

/** Makes the holds of one running sandbox; they die with it, as the connections do. */
export function createHolds(): Holds {
  const holds = new Map<string, Hold>();
  let count = 0;
  return {
    place(order) {
      count += 1;
      const id = `hold_${count}`;
      holds.set(id, { ...order, caught: 0, released: false, drop: false, waiting: [] });
      return id;
    },
    read(id) {
      const hold = holds.get(id);
      return hold && { caught: hold.caught, released: hold.released };
    },
    release: (id, drop) => letGo(holds.get(id), drop),
    async pass(when, method, path) {
      const hold = [...holds.values()].find((one) => catches(one, when, method, path));
      if (!hold) return 'go';
      hold.caught += 1;
      await new Promise<void>((resolve) => hold.waiting.push(resolve));
      return hold.drop ? 'drop' : 'go';
    },
    releaseAll() {
      for (const hold of holds.values()) letGo(hold, true);
    },
  };
}

/** Does an order's path, exact or a prefix ending in `*`, match? */
export function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

function catches(hold: Hold, when: HoldPoint, method: string, path: string): boolean {
  const open = !hold.released && hold.caught < hold.times;
  return open && hold.when === when && hold.method === method && pathMatches(hold.path, path);
}

function letGo(hold: Hold | undefined, drop: boolean): boolean {
  if (!hold) return false;
  hold.released = true;
  hold.drop = drop;
  for (const resume of hold.waiting.splice(0)) resume();
  return true;
}
