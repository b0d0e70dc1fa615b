import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './program.ts';

/** The modules of the engine's programs. They are only loaded; nothing starts. */
const loaded = ['api/main.ts', 'activities/index.ts', 'sandbox/server.ts'].concat(
  ['installation', 'logging', 'queues', 'setup/main', 'temporal'].map(
    (name) => `workers/${name}.ts`,
  ),
);

/**
 * Compiles the engine's programs into a folder that every later process reads. A program that a
 * test kills therefore never writes to such a folder itself.
 */
export async function compileOnce(folder: string): Promise<void> {
  process.env['NODE_COMPILE_CACHE'] = folder;
  const load = loaded.map((path) => `await import('./${path}');`);
  const script = [...load, 'process.exit(0)'].join('\n');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the engine's programs cannot be loaded: ${code}`);
}
