import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import { type CommandKind, commandRules, sayBrake } from '../../domain/commands/kinds.ts';
import { ProblemBody, withReplay } from './schemas.ts';

type NewRoute<Path extends string> = Omit<RouteConfig, 'path'> & {
  path: Path;
  /** The command that the route runs. Required for a route that takes an Idempotency-Key. */
  command?: CommandKind;
};

/**
 * Declares a route under /v1 with the schema of its refusals. A route without query fields refuses
 * every query field, because ignoring a field such as `dryRun=true` could be dangerous. The route of
 * a command also describes what a repeated request does, and `replayed` in its answers.
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
