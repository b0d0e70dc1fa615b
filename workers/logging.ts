import {
  DefaultLogger,
  type LogLevel,
  makeTelemetryFilterString,
  Runtime,
} from '@temporalio/worker';
import { shownFailure } from '../domain/explanations/temporal-ui/payouts.ts';

/**
 * The SDK warns about a Worker without workflows. The Workers for calls to Stripe have none on
 * purpose.
 */
const meant = /^No workflows registered/;

/** A payout that the bank did not keep: a result, which the events and the list of payouts show. */
function isShownElsewhere(message: string, meta: Record<string, unknown> | undefined): boolean {
  const error = meta?.['error'];
  return (
    message === 'Workflow failed' && error instanceof Error && shownFailure.test(error.message)
  );
}

/**
 * Writes the log lines of the SDK and of our activities to standard error, one JSON object per
 * line.
 */
export function installRuntime(level: 'debug' | 'info' | 'warn' | 'error'): void {
  const logger = new DefaultLogger(level.toUpperCase() as LogLevel, (entry) => {
    const { level: severity, message, meta } = entry;
    if (meant.test(message) || isShownElsewhere(message, meta)) return;
    const line = { level: severity.toLowerCase(), event: message, ...plain(meta) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  });
  // Forwards the core's log lines too. Otherwise the core writes them to the terminal, in colour.
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'WARN' });
  const telemetryOptions = { logging: { filter, forward: {} } };
  Runtime.install({ logger, telemetryOptions, shutdownSignals: [] });
}

/**
 * Drops an error's stack and attached fields, because they can contain bank details from Stripe.
 */
function plain(meta: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {}).map(([name, value]) => [
      name,
      value instanceof Error ? { name: value.name, message: value.message } : value,
    ]),
  );
}
