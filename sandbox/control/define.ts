import { StripeFault } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { type Parsed, readParams, type Shape } from '../core/params.ts';
import type { Surface } from '../http/surface.ts';

/** What a control's handler gets. */
export type ControlCall = { surface: Surface; id: string };

/** One endpoint of the control API. */
export type Control = { name: string; run(call: ControlCall, input: JsonObject): object };

/**
 * Defines an endpoint of the control API. Every input is checked, and unknown inputs are refused.
 */
export function control<S extends Shape>(
  name: string,
  shape: S,
  handle: (call: ControlCall, params: Parsed<S>) => object,
): Control {
  return { name, run: (call, input) => handle(call, readParams(shape, input)) };
}

/** Creates the error for a control that a test may not use this way. */
export function refuse(message: string, param?: string): StripeFault {
  return new StripeFault(400, { type: 'control', message, ...(param && { param }) }, false);
}

/** Creates the error for an unknown id. */
export function unknownId(what: string, id: string): StripeFault {
  return new StripeFault(404, { type: 'control', message: `There is no ${what} ${id}` }, false);
}
