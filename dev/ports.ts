import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

import { Stopped } from './say.ts';

/** A port that a part of the engine needs, and the variable that chooses another. */
export type WantedPort = { port: number; what: string; variable: string };

/** Refuses to start if a port is taken. Names each such port and the variable that changes it. */
export async function requireFreePorts(
  wanted: readonly WantedPort[],
  command = 'npm start',
): Promise<void> {
  const problems = clashes(wanted, command);
  for (const one of wanted) {
    const trouble = await whyNotListen(one.port);
    if (trouble !== undefined) {
      problems.push(`Port ${one.port}, for ${one.what}, ${trouble}. ${remedy(one, command)}`);
    }
  }
  if (problems.length > 0) throw new Stopped(problems.join('\n'));
}

/**
 * Reserves a free port for this process until it ends, even while nothing listens there. The port
 * lies below the range for outgoing connections, because such a connection could take the port of a
 * killed server. This process holds the UDP port of the same number, so that no other caller gets
 * this port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(13_000, 32_000);
    if ((await claim(port)) && (await whyNotListen(port)) === undefined) return port;
  }
}

async function claim(port: number): Promise<boolean> {
  const twin = createSocket('udp4').unref();
  return new Promise((resolve, reject) => {
    twin.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    twin.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
}

/** Reads a port from a variable. */
export function portFrom(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Stopped(`${variable}=${text} is not a port (1 to 65535).`);
}

function clashes(wanted: readonly WantedPort[], command: string): string[] {
  const problems: string[] = [];
  for (const [index, one] of wanted.entries()) {
    const other = wanted.slice(0, index).find((earlier) => earlier.port === one.port);
    if (other !== undefined) {
      problems.push(
        `Port ${one.port} is meant for ${other.what} and ${one.what}. ${remedy(one, command)}`,
      );
    }
  }
  return problems;
}

function remedy({ variable, port }: WantedPort, command: string): string {
  return `Free it, or choose another: ${variable}=${port + 100} ${command}`;
}

async function whyNotListen(port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.message})`);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}
