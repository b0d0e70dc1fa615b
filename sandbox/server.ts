import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { seedPlatform } from './accounts/record.ts';
import { accountDue, accountRoutes } from './accounts/routes.ts';
import { bookDue, bookRoutes } from './books/routes.ts';
import { controlApp } from './control/app.ts';
import { openClock } from './core/clock.ts';
import { processDue } from './core/due.ts';
import type { Witness } from './core/witness.ts';
import { apiVersion, platformId, type World } from './core/world.ts';
import { startCourier } from './events/deliveries.ts';
import { eventRoutes } from './events/routes.ts';
import type { Answer, StripeRequest } from './http/exchange.ts';
import { answerStripe } from './http/flow.ts';
import { refuseOutside } from './http/process.ts';
import { readRequest } from './http/read.ts';
import { recordFinished } from './http/request-log.ts';
import type { Route } from './http/routes.ts';
import { createSurface, type Surface } from './http/surface.ts';
import { hostedPages } from './links/page.ts';
import { linkRoutes } from './links/routes.ts';
import { moneyDue } from './money/due.ts';
import { moneyRoutes } from './money/routes.ts';
import { productRoutes } from './products/routes.ts';
import { openDatabase } from './store/database.ts';

/** The port (0: any free port), the storage file, the secret key and the witness. */
export type SandboxOptions = {
  port: number;
  file: string;
  secretKey: string;
  witness?: Witness;
};

/** A running sandbox. */
export type Sandbox = { url: string; close(): Promise<void> };

type Env = { Bindings: HttpBindings };

/** Every route of Stripe's API that the sandbox supports. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...bookRoutes,
  ...moneyRoutes,
  ...productRoutes,
  ...eventRoutes,
  ...linkRoutes,
];
const due = { ...accountDue, ...bookDue, ...moneyDue };
const tickMs = 100;
// Longer than clients keep idle connections, so that no connection closes while it is reused.
const keepAliveMs = 75_000;

/** Starts a Stripe Connect sandbox with storage on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const surface = createSurface(openWorld(options), [...routes], due);
  const { w } = surface;
  const server = createAdaptorServer({ fetch: appOf(surface).fetch }) as Server;
  server.keepAliveTimeout = keepAliveMs;
  const port = await listen(server, options.port);
  w.baseUrl = `http://127.0.0.1:${port}`;
  const courier = startCourier(w);
  w.onDeliveries = () => courier.wake();
  const ticking = setInterval(() => tick(surface), tickMs);
  const close = async () => {
    clearInterval(ticking);
    surface.holds.releaseAll();
    await new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
    await courier.stop();
    recordFinished(w, surface.finished);
    w.db.close();
  };
  return { url: w.baseUrl, close };
}

function openWorld({ file, secretKey, witness }: SandboxOptions): World {
  const db = openDatabase(file);
  const nothing = () => undefined;
  const clock = openClock(db);
  const w: World = {
    db,
    clock,
    secretKey,
    baseUrl: '',
    current: null,
    onDeliveries: nothing,
    witness,
  };
  db.transaction(() => seedPlatform(w));
  return w;
}

function appOf(surface: Surface): Hono<Env> {
  const app = new Hono<Env>();
  app.route('/_sandbox', controlApp(surface));
  app.route('/', hostedPages(surface.w));
  app.all('*', async (c) => {
    const url = new URL(c.req.url);
    const raw = {
      method: c.req.method,
      path: url.pathname,
      query: url.search,
      body: await c.req.text(),
      header: (name: string) => c.req.header(name),
    };
    const { request, fault } = readRequest(raw, surface.w.secretKey);
    const { incoming, outgoing } = c.env;
    if (fault) return write(request, refuseOutside(surface, request, fault));
    const outcome = await answerStripe(surface, request, () => incoming.socket.destroyed);
    if (outcome === 'drop') return drop(incoming);
    noteFinished(surface, request, outgoing);
    return write(request, outcome);
  });
  app.onError((error, c) => {
    process.stderr.write(`sandbox bug: ${error.stack}\n`);
    return c.json({ error: { type: 'api_error', message: `Sandbox bug: ${error.message}` } }, 500);
  });
  return app;
}

function write({ id, key, account }: StripeRequest, answer: Answer): Response {
  const { status, body } = answer;
  const headers = new Headers({
    'content-type': 'application/json',
    'Request-Id': id,
    'Stripe-Version': apiVersion,
    ...(key !== null && { 'Idempotency-Key': key }),
    ...(account !== platformId && { 'Stripe-Account': account }),
    ...answer.headers,
  });
  return new Response(body, { status, headers });
}

function drop(incoming: IncomingMessage): Response {
  incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

function noteFinished(surface: Surface, { id }: StripeRequest, outgoing: ServerResponse): void {
  outgoing.once('finish', () => surface.finished.set(id, Date.now()));
}

function tick(surface: Surface): void {
  processDue(surface.w, surface.due);
  recordFinished(surface.w, surface.finished);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
