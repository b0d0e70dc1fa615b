import type { Facts, Send } from './facts.ts';

/** Where the sandbox keeps its logs. */
type Sandbox = { sandbox: string };

type Line = { seq: number; at: number; method: string; path: string; requestId: string };

/** Reads the refusals by the real budgets. Refusals by the plan are listed as strikes. */
export async function readTooMany({ sandbox }: Sandbox): Promise<Facts['tooMany']> {
  const struck = new Set<string>();
  for (const { requestId } of await readLog<Line & { requestId: string }>(sandbox, 'strikes')) {
    struck.add(requestId);
  }
  const refused = await readLog<Line>(sandbox, 'requests', '&status=429');
  return refused
    .filter(({ requestId }) => !struck.has(requestId))
    .map(({ at, method, path }) => ({ at, endpoint: `${method} ${path}` }));
}

/** Reads a log of the sandbox, page by page. */
async function readLog<T extends { seq: number }>(
  sandbox: string,
  name: 'requests' | 'strikes',
  filter = '',
): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const url = `${sandbox}/_sandbox/${name}?after=${all.at(-1)?.seq ?? 0}&limit=5000${filter}`;
    const page = await getJson<Record<string, T[]> & { hasMore: boolean }>(url);
    all.push(...(page[name] ?? []));
    if (!page.hasMore) return all;
  }
}

/** Reads the requests for transfers and payouts. */
export async function readSends({ sandbox }: Sandbox): Promise<Send[]> {
  type Request = Line & { idempotencyKey: string; clock: number };
  const read = (path: string) =>
    readLog<Request>(sandbox, 'requests', `&method=POST&path=/v1/${path}`);
  const posts = [...(await read('transfers')), ...(await read('payouts'))];
  return posts.map(({ idempotencyKey: key, clock, at }) => ({ key, clock, at }));
}

/** Reads JSON, or throws what was answered instead. */
export async function getJson<T>(url: string, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${answer.status} from ${url}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
