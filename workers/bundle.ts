import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Compiles the workflows into one file, for WORKFLOW_BUNDLE: `node workers/bundle.ts <file>`. */
const [file] = process.argv.slice(2);
if (file === undefined)
  throw new Error('Name the file for the bundle: node workers/bundle.ts <file>');
const workflowsPath = new URL('../workflows/index.ts', import.meta.url).pathname;
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
await writeFile(file, code);
