import { sayWhomToAsk } from './commands/lifts.ts';
import type { MoneyStopId } from './ids.ts';

/**
 * Why all money is stopped. An operator ordered the stop; or Stripe has objects that this database
 * does not know; or another engine may have the right to send. Stops are a list: lifting one stop
 * lifts no other, and money moves only while none is open.
 */
export const stopCauses = ['operator', 'unknown-at-stripe', 'right-to-send-lost'] as const;

/** The cause of a stop. While a cause of the engine has an open stop, it gets no second one. */
export type StopCause = (typeof stopCauses)[number];

/** One stop of all money. */
export type MoneyStop = {
  id: MoneyStopId;
  cause: StopCause;
  /** Free text. The database stores it, and only the API shows it. */
  reason: string;
  /** The id of an API key, or `engine`. */
  stoppedBy: string;
  /** The name of the API key, or `engine`. */
  stoppedByName: string;
  stoppedAt: string;
  /** When the same stop was ordered, or its cause found, for the last time. */
  confirmedAt: string;
};

/** A stop that was lifted, and by whom. */
export type LiftedStop = MoneyStop & {
  liftedAt: string;
  liftedBy: string;
  liftedByName: string;
  liftReason: string;
};

/** Whether money may move, and every stop that keeps it from moving, oldest first. */
export type Operations = { moneyStopped: boolean; stops: MoneyStop[] };

/**
 * True if a stop because of unknown objects at Stripe may be lifted: a person adopted or dismissed
 * every object. Otherwise the engine would pay that money a second time.
 */
export function mayResumeMoney({ toAdopt }: { toAdopt: number }): boolean {
  return toAdopt === 0;
}

/**
 * Says why all money is stopped, who stopped it, and who must be asked before the stop is lifted.
 */
export function sayStop(stop: Pick<MoneyStop, 'reason' | 'cause' | 'stoppedByName'>): string {
  return `All money is stopped: ${stop.reason.replace(/\.$/, '')}. ${sayWhoStopped(stop)}`;
}

/** Says who stopped money, and who must be asked before the stop is lifted. */
export function sayWhoStopped({
  cause,
  stoppedByName,
}: Pick<MoneyStop, 'cause' | 'stoppedByName'>): string {
  return cause === 'operator'
    ? sayWhomToAsk('Stopped', stoppedByName)
    : 'Stopped by the engine. Before you lift this stop, do what the reason says';
}

/** Says whether money moves, and what must happen until it does. */
export function sayOperations({ stops }: Operations): string {
  if (stops.length === 0) return 'Money moves: no stop is open';
  if (stops.length === 1) return 'All money is stopped by one open stop';
  return `All money is stopped by ${stops.length} open stops. Lifting one leaves the others in place`;
}

/** Describes the open stops in one line each, for a refusal that must name them. */
export function sayStops(stops: readonly MoneyStop[]): string {
  return stops
    .map(({ id, stoppedByName, reason }) => `${id} (${stoppedByName}: ${reason})`)
    .join('; ');
}
