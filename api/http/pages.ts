import { z } from '@hono/zod-openapi';
import { brokenRule } from './problems.ts';

const wholeLimit = 'must be a whole number from 1 to 100, given once';
const ofThisList = 'must be the nextCursor of a page of this list';

/** The query fields of every list, in addition to its filters. */
export const PageQuery = {
  limit: z
    .string(wholeLimit)
    .regex(/^([1-9]\d?|100)$/, wholeLimit)
    .transform(Number)
    .default(20)
    .openapi({ type: 'integer', minimum: 1, maximum: 100, default: 20 }),
  cursor: z
    .string('must be given once')
    .regex(/^[\w-]{1,100}$/, ofThisList)
    .optional()
    .openapi({
      description: 'The `nextCursor` of an earlier page of this list',
    }),
};

/** The most entries of a list that has no pages, because it is short unless something is wrong. */
export const mostEntries = 100;

/** The first entries of a list without pages, and how many the answer leaves out. */
export function firstOf<Entry>(all: readonly Entry[]) {
  const data = all.slice(0, mostEntries);
  return { data, notShown: all.length - data.length };
}

/** The schema of a list without pages. */
export function firstEntriesOf<Schema extends z.ZodType>(schema: Schema) {
  return z.object({
    data: z.array(schema),
    notShown: z.int().openapi({
      description: `How many entries the answer leaves out: it has at most ${mostEntries}`,
    }),
  });
}

/** The schema of one page of a list. */
export function pageOf<Schema extends z.ZodType>(schema: Schema) {
  return z.object({
    data: z.array(schema),
    hasMore: z.boolean(),
    nextCursor: z.string().nullable(),
  });
}

/**
 * Reads the id after which a page begins from its cursor. Undefined without a cursor. Throws the
 * problem `invalid-request` for a cursor of another list.
 */
export function afterOf<Id extends string>(
  cursor: string | undefined,
  isId: (id: string) => id is Id,
): Id | undefined {
  if (cursor === undefined) return undefined;
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (isId(id) && toCursor(id) === cursor) return id;
  throw brokenRule('query', ['cursor'], ofThisList);
}

/** Makes a page from rows. If there are more rows than `limit`, another page follows. */
export function toPage<Row extends { id: string }, Shown>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Shown,
) {
  const hasMore = rows.length > limit;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(show),
    hasMore,
    nextCursor: hasMore && last ? toCursor(last.id) : null,
  };
}

/**
 * Makes a page of a list that grows at its end. Unlike `toPage`, it also returns a cursor on the
 * last page, from which callers continue later.
 */
export function toFeed<Row extends { id: string }, Shown>(
  rows: readonly Row[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  show: (row: Row) => Shown,
) {
  const last = rows.slice(0, limit).at(-1);
  const nextCursor = last ? toCursor(last.id) : (cursor ?? null);
  return { ...toPage(rows, limit, show), nextCursor };
}

function toCursor(id: string): string {
  return Buffer.from(id, 'latin1').toString('base64url');
}
