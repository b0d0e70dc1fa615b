import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { AppEnv } from '../http/context.ts';

/** The page may load only its own files, and it never renders data as markup. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-cache',
};

const files = [
  ['/docs', 'page.html', 'text/html; charset=utf-8'],
  ['/docs/page.css', 'page.css', 'text/css; charset=utf-8'],
  ['/docs/page.js', 'page.js', 'text/javascript; charset=utf-8'],
  ['/docs/schemas.js', 'schemas.js', 'text/javascript; charset=utf-8'],
  ['/docs/icon.svg', 'icon.svg', 'image/svg+xml'],
] as const;

/**
 * Routes of the documentation page, which shows `/openapi.json` and sends requests from it. The
 * page itself needs no API key.
 */
export function docsRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  for (const [path, name, type] of files) {
    const text = readFileSync(new URL(name, import.meta.url), 'utf8');
    routes.get(path, (c) => c.body(text, 200, { ...headers, 'content-type': type }));
  }
  return routes;
}
