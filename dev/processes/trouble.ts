/**
 * Fields that Temporal's SDK adds to each line of a worker's log and that do not help at a
 * terminal.
 */
const beside = new Set([
  'level',
  'event',
  'sdkComponent',
  'taskQueue',
  'isLocal',
  'namespace',
  'activityId',
  'workflowType',
  'workflowRunId',
  'runId',
  'taskToken',
  'durationMs',
]);
/** Where the event happened. Shown after the event itself. */
const places = ['attempt', 'activityType', 'workflowId'];

const longest = 400;

/** Formats a line of a part's log for the terminal: the event, its own fields, then the place. */
export function troubleLine(part: string, line: string): string {
  return `${part.padEnd(8)} | ${wordsOf(line).slice(0, longest)}`;
}

function wordsOf(line: string): string {
  const fields = parse(line);
  // Some programs print colours.
  if (!fields) return line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g'), '');
  const own = Object.keys(fields).filter((name) => !beside.has(name) && !places.includes(name));
  const told = [...own, ...places].flatMap((name) => {
    const value = fields[name];
    return value === undefined || value === null ? [] : [`${name}=${textOf(value)}`];
  });
  const what = textOf(fields['event'] ?? 'a line of its log');
  return told.length > 0 ? `${what}: ${told.join(' ')}` : what;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) {
    return String(value.message);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
