import { startSandbox } from './server.ts';

const { SANDBOX_PORT, SANDBOX_FILE, SANDBOX_SECRET_KEY } = process.env;
const port = Number(SANDBOX_PORT ?? 12_111);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  throw new Error(`SANDBOX_PORT is no port: ${SANDBOX_PORT}`);
}
const secretKey = SANDBOX_SECRET_KEY ?? 'sk_test_sandbox';
if (!secretKey.startsWith('sk_test_'))
  throw new Error('SANDBOX_SECRET_KEY must begin with sk_test_');

const sandbox = await startSandbox({ port, file: SANDBOX_FILE ?? ':memory:', secretKey });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}

process.stdout.write(`${JSON.stringify({ listening: sandbox.url })}\n`);
