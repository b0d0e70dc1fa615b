import { Ajv2020 } from 'ajv/dist/2020.js';

type Document = { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> };

/**
 * Judges answers by the description that the API gives of itself: a field too few, a field too
 * many or another type is an error.
 */
export function readContract(document: unknown) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(closed(document) as object, 'api');
  const { paths } = document as Document;
  const patterns = Object.keys(paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));

  return function faultsIn(request: Request, response: Response, body: unknown): string[] {
    const method = request.method.toLowerCase();
    const asked = new URL(request.url).pathname;
    const path = patterns.find(({ pattern }) => pattern.test(asked))?.path;
    const responses = path && paths[path]?.[method]?.responses;
    if (!responses || response.status >= 500) return [];
    const status = String(response.status) in responses ? response.status : '4XX';
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const keys = ['paths', path, method, 'responses', status, 'content', type, 'schema'];
    const pointer = keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'));
    const validate = ajv.getSchema(`api#/${pointer.map(encodeURIComponent).join('/')}`);
    if (!validate) return [`${method} ${path} ${status}: not described as ${type}`];
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${method} ${path} ${status}: ${instancePath} ${message}`,
    );
  };
}

/** The same description with no room for fields that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  );
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}
