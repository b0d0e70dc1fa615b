import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type LogLevel,
} from '@temporalio/worker';

/** The SDK warns of a Worker without workflows; those of the queues to Stripe are meant so. */
const meant = /^No workflows registered/;

/** Sends what the SDK and our activities log to standard error, one JSON object a line. */
export function installRuntime(level: 'debug' | 'info' | 'warn' | 'error'): void {
  const logger = new DefaultLogger(level.toUpperCase() as LogLevel, (entry) => {
    const { level: severity, message, meta } = entry;
    if (meant.test(message)) return;
    const line = { level: severity.toLowerCase(), event: message, ...plain(meta) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  });
  // The core's own lines come this way too; else it writes them to the terminal, in colour.
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'WARN' });
  const telemetryOptions = { logging: { filter, forward: {} } };
  Runtime.install({ logger, telemetryOptions, shutdownSignals: [] });
}

/** Errors lose their stack and everything attached: it could hold what Stripe said of a bank. */
function plain(meta: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {}).map(([name, value]) => [
      name,
      value instanceof Error ? { name: value.name, message: value.message } : value,
    ]),
  );
}
