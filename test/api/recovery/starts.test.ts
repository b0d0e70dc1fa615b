import { beforeEach, describe, expect, test } from 'vitest';
import { noteStart } from '../../../activities/recovery/starts.ts';
import { newId } from '../../../domain/ids.ts';
import { startApi, type TestApi } from '../harness.ts';

const reason = { reason: 'the stop and two holds were sent again' };
const acknowledge = (id: string) => `/v1/recovery/starts/${id}/acknowledge`;
const span = { lost_from: '2026-11-01T10:00:00.000Z', lost_until: '2026-11-01T10:00:09.000Z' };

let api: TestApi;
let lost: string;
let harmless: string;
beforeEach(async () => {
  api = await startApi();
  harmless = await insert(null);
  lost = await insert('new-timeline');
  await noteStart(api.db);
});

/** A start of before. */
async function insert(cause: 'new-timeline' | null): Promise<string> {
  const id = newId('start');
  await api.db
    .insertInto('postgres_starts')
    .values({
      id,
      start: id,
      // Like this test server, which does not wait for its disk.
      data_id: null,
      timeline: null,
      is_durable: false,
      cause,
      ...(cause !== null && span),
    })
    .execute();
  return id;
}

type Start = { id: string; cause: string | null; explanation: string };

async function listed(): Promise<Start[]> {
  return (await api.get('/v1/recovery/starts')).body['data'] as Start[];
}

async function remedies(): Promise<string> {
  const { body } = await api.get('/ready');
  const checks = (body['failedChecks'] ?? []) as { name: string; remedy: string }[];
  return checks.flatMap(({ name, remedy }) => (name === 'nothing-lost' ? [remedy] : [])).join('');
}

function said({ status, body }: { status: number; body: Record<string, unknown> }): string {
  return `${status} ${String(body['type'])}`;
}

describe('the starts of PostgreSQL', () => {
  test('are listed with what each may have lost', async () => {
    const [now, first, second] = await listed();
    expect(now).toMatchObject({ cause: 'not-comparable' });
    expect(first).toMatchObject({
      id: lost,
      cause: 'new-timeline',
      lostFrom: span.lost_from,
      lostUntil: span.lost_until,
      acknowledgedAt: null,
      explanation: expect.stringContaining('a replica was promoted'),
    });
    expect(second).toMatchObject({
      id: harmless,
      cause: null,
      lostFrom: null,
      explanation: 'PostgreSQL started with everything that it had acknowledged',
    });
  });

  test('fail a check until a person has acknowledged each possible loss', async () => {
    expect(await remedies()).toContain(acknowledge(lost));
    const first = await api.post(acknowledge(lost), reason);
    expect([first.status, first.body]).toMatchObject([
      200,
      {
        ...reason,
        acknowledgedAt: expect.any(String),
        acknowledgedBy: expect.stringMatching(/^key_/),
        explanation: expect.stringMatching(/^A person has looked\. Possible loss: a replica/),
      },
    ]);
    expect(await remedies()).not.toContain(lost);
    const [now] = await listed();
    expect(await remedies()).toContain(now?.id);
    await api.post(acknowledge(String(now?.id)), reason);
    expect(await remedies()).toBe('');
    await noteStart(api.db);
    expect(await remedies()).toBe('');
  });

  test('keep their first acknowledgement', async () => {
    const first = await api.post(acknowledge(lost), reason);
    const second = await api.post(acknowledge(lost), { reason: 'somebody else looked' });
    expect(second.body).toEqual(first.body);
  });

  test.each<[about: () => string, body: unknown, as: 'admin' | 'read', refusal: string]>([
    [() => harmless, reason, 'admin', '404 /problems/unknown-loss'],
    [() => newId('start'), reason, 'admin', '404 /problems/unknown-loss'],
    [() => 'start_1', reason, 'admin', '404 /problems/unknown-loss'],
    [() => lost, {}, 'admin', '400 /problems/invalid-request'],
    [() => lost, reason, 'read', '403 /problems/forbidden'],
  ])(
    'are not acknowledged without a loss, a reason and the role: %s',
    async (about, body, as, refusal) => {
      expect(said(await api.post(acknowledge(about()), body, { as }))).toBe(refusal);
      expect(await remedies()).toContain(lost);
    },
  );
});
