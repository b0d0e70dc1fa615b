import { connect, type Socket } from 'node:net';

/** Posts on connections that remain open, one request at a time on each. */
export type Poster = (headers: Record<string, string>, body: Buffer) => Promise<number>;

const answerWithinMs = 10_000;

type Connection = { socket: Socket; got: string; settle: ((status: number) => void) | undefined };

/**
 * Creates a poster to one address. It returns the status, or 0 if there was no answer. Node's own
 * client would use as much CPU as the API that it calls, on the same two cores.
 */
export function createPoster(port: number, path: string): Poster {
  const idle: Connection[] = [];
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`;
  return async (headers, body) => {
    const connection = idle.pop() ?? open(port, idle);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve) => {
      connection.settle = resolve;
      const { socket } = connection;
      socket.cork();
      socket.write(`${head}${lines.join('')}content-length: ${body.length}\r\n\r\n`);
      socket.write(body);
      socket.uncork();
    });
  };
}

function open(port: number, idle: Connection[]): Connection {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const connection: Connection = { socket, got: '', settle: undefined };
  const settle = (status: number): void => {
    connection.settle?.(status);
    connection.settle = undefined;
  };
  socket.setEncoding('latin1');
  socket.setTimeout(answerWithinMs, () => socket.destroy());
  socket.on('data', (part: string) => {
    connection.got += part;
    const status = statusOf(connection.got);
    if (status === undefined) return;
    connection.got = '';
    idle.push(connection);
    settle(status);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    const at = idle.indexOf(connection);
    if (at >= 0) idle.splice(at, 1);
    settle(0);
  });
  return connection;
}

/** The status of a complete answer. */
function statusOf(answer: string): number | undefined {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  if (length === undefined) throw new Error('an answer without a length');
  if (answer.length < end + 4 + Number(length)) return undefined;
  return Number(answer.slice(9, 12));
}
