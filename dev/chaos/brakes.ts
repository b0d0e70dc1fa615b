import type { Brake } from './audit/facts.ts';
import type { Ask } from './calls.ts';

/** What the API answered to a command that stops or releases money. */
type Answered = {
  id?: string;
  status?: string;
  amount?: unknown;
  pauseId?: string;
  stopId?: string;
  liftedPauseId?: string | null;
  liftedStopId?: string | null;
};

/** Notes each brake that the API acknowledges, and its release, with the time of the answer. */
export function notingBrakes(api: Ask, brakes: Brake[]): Ask {
  const holds = new Map<string, Brake>();
  return async (method, path, body, key) => {
    const answer: unknown = await api(method, path, body, key);
    if (method === 'POST') note(path, answer as Answered, { brakes, holds });
    return answer;
  };
}

function note(
  path: string,
  answer: Answered,
  { brakes, holds }: { brakes: Brake[]; holds: Map<string, Brake> },
): void {
  const [, , kind, id = '', command] = path.split('/');
  const pull = (what: Brake['what'], of: string | null, brakeId: string | null = null): Brake => {
    const brake = { what, of, id: brakeId, since: Date.now(), until: null };
    brakes.push(brake);
    return brake;
  };
  const release = (brakeId: string | null = null): void => {
    const on = brakes.filter((one) => brakeId !== null && one.id === brakeId && one.until === null);
    for (const brake of on) brake.until = Date.now();
  };
  if (command === 'cancel' && answer.status === 'canceled') pull('cancellation', id);
  if (command === 'pause') pull('pause', id, answer.pauseId);
  if (command === 'resume') release(answer.liftedPauseId);
  if (command === 'holds' && answer.id && answer.amount === null)
    holds.set(answer.id, pull('hold', id, answer.id));
  const held = command === 'release' ? holds.get(id) : undefined;
  if (held) held.until = Date.now();
  if (kind === 'operations' && id === 'stop-money') pull('stop', null, answer.stopId);
  if (kind === 'operations' && id === 'resume-money') release(answer.liftedStopId);
}
