import { randomUUID } from 'node:crypto';

// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's view of JSON
type Answer = any;

/** Calls an HTTP API with JSON, like a platform. Throws if a call is refused. */
export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: unknown,
) => Promise<Answer>;

/** Creates a caller of the API at this address. */
export function caller(base: string, headers: Record<string, string> = {}): Call {
  return async (method, path, body) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...((method === 'POST' || method === 'PATCH') && { 'idempotency-key': randomUUID() }),
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}

/** Runs a task for each item, `lanes` at the same time. */
export async function forEach<T>(
  items: readonly T[],
  lanes: number,
  act: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) await act(item, index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
