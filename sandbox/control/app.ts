import { type Context, Hono } from 'hono';
import { StripeFault } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { parseForm } from '../http/form.ts';
import type { Surface } from '../http/surface.ts';
import { accountControls } from './accounts.ts';
import { bookControls } from './book.ts';
import { clockControls } from './clock.ts';
import { type Control, refuse } from './define.ts';
import { disturbanceControls } from './disturbances.ts';
import { logControls } from './log.ts';
import { moneyControls } from './money.ts';
import { planControls } from './plan.ts';
import { webhookControls } from './webhooks.ts';

const controls: Control[] = [
  ...clockControls,
  ...logControls,
  ...bookControls,
  ...disturbanceControls,
  ...planControls,
  ...webhookControls,
  ...accountControls,
  ...moneyControls,
];

/** The control API: how tests move the clock, disturb requests and read the books. */
export function controlApp(surface: Surface): Hono {
  const app = new Hono();
  for (const one of controls) {
    const [method = '', path = ''] = one.name.split(' ');
    app.on(method, `/${path}`, async (c) => {
      try {
        const id = c.req.param('id') ?? '';
        return c.json(one.run({ surface, id }, await inputOf(c)));
      } catch (error) {
        if (!(error instanceof StripeFault)) throw error;
        const { message, body } = error;
        return c.json({ error: { message, param: body.param } }, error.status === 404 ? 404 : 400);
      }
    });
  }
  app.all('*', (c) => {
    const message = `The control API has no ${c.req.method} ${c.req.path}`;
    return c.json({ error: { message } }, 404);
  });
  app.onError((error, c) => {
    process.stderr.write(`sandbox bug: ${error.stack}\n`);
    return c.json({ error: { message: `Sandbox bug: ${error.message}` } }, 500);
  });
  return app;
}

async function inputOf(c: Context): Promise<JsonObject> {
  if (c.req.method === 'GET') return parseForm(new URL(c.req.url).search);
  const body = await c.req.text();
  if (body === '') return {};
  const parsed = parse(body);
  if (!isObject(parsed)) throw refuse('The body is not a JSON object');
  return parsed;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
