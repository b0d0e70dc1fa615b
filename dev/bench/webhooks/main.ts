import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client as Sql } from 'pg';

import { countBy, spreadOf } from '../figures.ts';
import { createPoster } from './client.ts';
import { bodyOf, kindAt, type Subject } from './events.ts';

/**
 * Sends signed events at an even pace, whether or not the engine keeps up. This is a separate
 * process, so that the cost of sending is measured separately. Prints one line of JSON.
 */
const seconds = Number(process.env.BENCH_SECONDS);
const perSecond = Number(process.env.BENCH_PER_SECOND);
const secret = process.env.STRIPE_WEBHOOK_SECRETS ?? '';
const post = createPoster(Number(process.env.API_PORT), '/webhooks/stripe');
const latenciesMs: number[] = [];
const lateMs: number[] = [];
const refused: string[] = [];
let bytes = 0;

const subjects = await readSubjects();
const cpuBefore = process.cpuUsage();
const sent = await sendAtPace();
const { user, system } = process.cpuUsage(cpuBefore);
const figures = {
  sent,
  taken: latenciesMs.length,
  refused: countBy(refused, (words) => words),
  latencyMs: spreadOf(latenciesMs),
  lateMs: spreadOf(lateMs),
  meanBytes: bytes / sent,
  senderCpuMs: (user + system) / 1000,
};
process.stdout.write(`${JSON.stringify({ figures })}\n`);
process.exit(0);

/**
 * The engine's accounts, each with a payout of its own that Stripe has and that no workflow waits
 * for.
 */
async function readSubjects(): Promise<Subject[]> {
  const sql = new Sql({ connectionString: process.env.DATABASE_URL });
  await sql.connect();
  const { rows } = await sql.query<Subject>(
    `select stripe_account as account, stripe_payout_id as payout, 1 as bench_ from payouts
      where status = 'sent' order by id limit 5000`,
  );
  await sql.end();
  if (rows.length === 0) throw new Error('there is no payout that Stripe has');
  return rows;
}

async function sendAtPace(): Promise<number> {
  const count = perSecond * seconds;
  const run = randomUUID().replaceAll('-', '');
  const under: Promise<void>[] = [];
  const startAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    const dueAt = startAt + (index * 1000) / perSecond;
    while (performance.now() < dueAt) await pause(1);
    const subject = subjects[index % subjects.length];
    if (!subject) break;
    const body = bodyOf(kindAt(index), subject, `${run}${index}`);
    lateMs.push(performance.now() - dueAt);
    under.push(send(body));
  }
  await Promise.all(under);
  return under.length;
}

/** Sends one event and records when its answer began. */
async function send(body: string): Promise<void> {
  const payload = Buffer.from(body);
  bytes += payload.length;
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'stripe-signature': signatureOf(body),
  };
  const sentAt = performance.now();
  const status = await post(headers, payload);
  if (status >= 200 && status < 300) latenciesMs.push(performance.now() - sentAt);
  else refused.push(status === 0 ? 'no answer' : String(status));
}

function signatureOf(body: string): string {
  const at = Math.floor(Date.now() / 1000);
  const signed = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return `t=${at},v1=${signed}`;
}
