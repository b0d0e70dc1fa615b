/** What came back over the wire. */
export type Reply = {
  status: number;
  headers: Headers;
  body: { [key: string]: unknown; error?: { type: string; code?: string; message: string } };
};

type Sent = {
  headers?: Record<string, string>;
  form?: Record<string, string>;
  json?: unknown;
};

const authorization = 'Bearer sk_test_sandbox';

/** Sends one request as no client library would dare to, and reads what came back. */
export async function send(
  url: string,
  call: string,
  { headers, form, json }: Sent = {},
): Promise<Reply> {
  const [method = '', path = ''] = call.split(' ');
  const version = path.startsWith('/v2/') ? { 'stripe-version': '2026-10-28.endive' } : {};
  const body = json === undefined ? form && new URLSearchParams(form) : JSON.stringify(json);
  const response = await fetch(url + path, {
    method,
    headers: { authorization, ...version, ...headers },
    ...(body !== undefined && { body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Reply['body'],
  };
}

/** What one looks at, as a question for `until`: nothing while it is not as wanted. */
export function seen<T>(
  look: () => Promise<T> | T,
  isWanted: (one: T) => boolean,
): () => Promise<T | undefined> {
  return async () => {
    const one = await look();
    return isWanted(one) ? one : undefined;
  };
}
