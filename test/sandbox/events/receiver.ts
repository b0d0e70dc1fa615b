import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One delivery as it arrived. */
export type Arrived = { at: number; signature: string; body: string };

/** An address that webhooks are sent to; it answers with the statuses given, then with 200. */
export async function startReceiver() {
  const arrived: Arrived[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = String(request.headers['stripe-signature']);
      arrived.push({ at: Date.now(), signature, body: Buffer.concat(chunks).toString() });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    arrived,
    /** How the next deliveries are answered. */
    answer: (...next: number[]) => void statuses.push(...next),
    /** The events that arrived of one type. */
    of: (type: string) =>
      arrived.filter((one) => (JSON.parse(one.body) as { type: string }).type === type),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
