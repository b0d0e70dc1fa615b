import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import { type CommandKind, commandRules, sayBrake } from '../../domain/commands/kinds.ts';
import { answer, body, CommandHeaders, ProblemBody, withReplay } from './schemas.ts';

type NewRoute<Path extends string> = Omit<RouteConfig, 'path'> & {
  path: Path;
  /** The command that the route runs. Required for a route that takes an Idempotency-Key. */
  command?: CommandKind;
};

/**
 * Declares a route under /v1 with the schema of its refusals. A route without query fields refuses
 * every query field, because ignoring a field such as `dryRun=true` could be dangerous. The route
 * of a command also describes what a repeated request does, and `replayed` in its answers.
 */
export function defineRoute<Path extends string, Route extends NewRoute<Path>>(route: Route) {
  const { command, ...described } = route;
  return createRoute<Path, Route>({
    ...(described as Route),
    request: { query: z.strictObject({}), ...route.request },
    responses: {
      ...(command === undefined ? route.responses : withReplays(route.responses, command)),
      '4XX': {
        description: 'The request was refused. Nothing changed',
        content: { 'application/problem+json': { schema: ProblemBody } },
      },
    },
    ...(command !== undefined && {
      description: [route.description, sayBrake(command)].filter(Boolean).join(' '),
      'x-command': command,
      'x-brake': commandRules[command].brake,
    }),
  });
}

/**
 * Declares the routes by which a person decides about a parked payout or seller. Each of them
 * answers with the object.
 */
export function decisionsAbout<Params extends z.ZodObject, Shown extends z.ZodType>(
  noun: 'Payout' | 'Seller',
  { params, shown }: { params: Params; shown: Shown },
) {
  const one = noun.toLowerCase();
  return <Schema extends z.ZodType>(
    name: string,
    command: CommandKind,
    summary: string,
    schema: Schema,
    description?: string,
  ) =>
    defineRoute({
      method: 'post',
      path: `/v1/${one}s/{${one}Id}/${name}`,
      command,
      operationId: `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}${noun}`,
      summary,
      ...(description !== undefined && { description }),
      tags: [`${noun}s`],
      request: { params, headers: CommandHeaders, body: body(schema) },
      responses: { 200: answer(shown, `The ${one} after the command`) },
    });
}

/** Adds `replayed` to the description of each answer. */
function withReplays(responses: RouteConfig['responses'], command: CommandKind) {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const media = 'content' in response ? response.content?.['application/json'] : undefined;
      const schema = media && 'schema' in media ? media.schema : undefined;
      if (!(schema instanceof z.ZodObject)) return [status, response];
      const content = { 'application/json': { schema: withReplay(schema, command) } };
      return [status, { ...response, content }];
    }),
  );
}
