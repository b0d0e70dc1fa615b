import { answerSchema, operationOf, readDocument, requestSchema, type Schema } from './document.ts';
import { coerce } from './form.ts';
import {
  type Description,
  schemasOfObject,
  strange,
  type Violation,
  violationsIn,
  violationsOf,
} from './schemas.ts';

/** v1 as Stripe's published document describes it. */
export const v1: Description = ({ method, path, params, status, body }) => {
  const found = operationOf(method, path);
  if (!found) return undefined;
  const [name, operation] = found;
  const asked = requestSchema(operation, method);
  const answered = answerSchema(operation, status);
  return {
    name,
    request: violationsIn(`${name} request`, asked, coerce(asked, params)),
    answer: violationsIn(`${name} ${status < 400 ? 'answer' : 'refusal'}`, answered, body),
  };
};

type Carried = { object: unknown; deleted?: unknown };
type Snapshot = { type: string; data: { object: Carried; previous_attributes?: object } };

/** What is wrong with a snapshot event, its type and what it carries. */
export function eventViolationsOfV1(body: unknown): Violation[] {
  const { type, data } = body as Snapshot;
  const { object, previous_attributes: previous = {} } = data;
  const [schema] = schemasOfObject(object.object, object.deleted === true);
  const known = knownTypes().includes(type);
  return [
    ...violationsOf('event', body),
    ...(known ? [] : [strange('event', '/type', `${type} is no type of event`)]),
    ...(schema === undefined ? [strange('event', '/data/object', 'is no object of Stripe')] : []),
    ...(schema === undefined ? [] : within('/data/object', violationsOf(schema, object))),
    ...(schema === undefined
      ? []
      : within('/data/previous_attributes', previousOf(schema, previous))),
  ];
}

/** The named parts as they were before. */
function previousOf(schema: string, previous: object): Violation[] {
  const { properties = {} } = readDocument().components.schemas[schema] ?? {};
  return Object.entries(previous).flatMap(([key, value]) => {
    const inner: Schema | undefined = properties[key];
    if (!inner) return [strange(schema, `/${key}`, 'is no field of the object')];
    return within(`/${key}`, violationsIn(`${schema} ${key} before`, inner, value));
  });
}

function within(place: string, violations: Violation[]): Violation[] {
  return violations.map((violation) => ({ ...violation, pointer: place + violation.pointer }));
}

function knownTypes(): unknown[] {
  const [, operation] = operationOf('POST', '/v1/webhook_endpoints') ?? [];
  const form = operation && requestSchema(operation, 'POST');
  return form?.properties?.['enabled_events']?.items?.enum ?? [];
}
