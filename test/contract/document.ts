import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A schema of OpenAPI 3.0, as far as Stripe uses them. */
export type Schema = {
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  $ref?: string;
  [keyword: string]: unknown;
};

type Parameter = { name: string; in: string; required?: boolean; schema: Schema };
type Content = { content?: Record<string, { schema?: Schema }> };

/** One operation of the document. */
export type Operation = {
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
};

type Document = {
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** Where Stripe publishes the document, as a module that the Go proxy keeps for good. */
export const publishedIn = 'github.com/stripe/stripe-mock@v0.203.0';

let document: Document | undefined;

/** Stripe's published description of v1. */
export function readDocument(): Document {
  document ??= JSON.parse(readFileSync(fileOfDocument(), 'utf8')) as Document;
  return document;
}

/** The operation a request is for, with the name it has in the document. */
export function operationOf(method: string, path: string): [string, Operation] | undefined {
  const asked = path.split('/');
  let best: { name: string; operation: Operation; ids: number } | undefined;
  for (const [template, methods] of Object.entries(readDocument().paths)) {
    const operation = methods[method.toLowerCase()];
    const parts = template.split('/');
    if (!operation || parts.length !== asked.length) continue;
    if (parts.some((part, index) => part !== asked[index] && !part.startsWith('{'))) continue;
    const ids = parts.filter((part) => part.startsWith('{')).length;
    // `/v1/accounts/{account}` also fits where a plain word stands in another template.
    if (!best || ids < best.ids) best = { name: `${method} ${template}`, operation, ids };
  }
  return best && [best.name, best.operation];
}

/** What may be sent: the form of a POST, or the query. */
export function requestSchema(operation: Operation, method: string): Schema {
  const form = operation.requestBody?.content?.['application/x-www-form-urlencoded']?.schema;
  if (method === 'POST') return form ?? { type: 'object', properties: {} };
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
    required: query.filter((parameter) => parameter.required).map(({ name }) => name),
  };
}

/** What is answered with a status. */
export function answerSchema(operation: Operation, status: number): Schema {
  const answer = operation.responses[String(status)] ?? operation.responses['default'];
  return answer?.content?.['application/json']?.schema ?? {};
}

/** Go's own client finds the module, in its cache or at its proxy. */
function fileOfDocument(): string {
  const { error, status, stdout } = spawnSync('go', ['mod', 'download', '-json', publishedIn], {
    cwd: tmpdir(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw new Error(`Stripe's description comes with Go, which is not here: ${error}`);
  const { Dir, Error: reason } = JSON.parse(stdout) as { Dir: string; Error?: string };
  if (status !== 0) throw new Error(`Go could not download ${publishedIn}: ${reason}`);
  return join(Dir, 'embedded/openapi/spec3.json');
}
