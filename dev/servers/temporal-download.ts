/**
 * Lets the Temporal SDK download its development server: `node temporal-download.ts <folder>
 * <version>`. This is a separate process, because the SDK's download cannot be cancelled.
 */
import { Runtime } from '@temporalio/worker';

const [downloadDir = '', version = ''] = process.argv.slice(2);
const runtime = Runtime.instance();
const server = await runtime.createEphemeralServer({
  type: 'dev-server',
  exe: {
    type: 'cached-download',
    downloadDir,
    version,
    ttl: 0,
    sdkName: 'sdk-typescript',
    sdkVersion: version,
  },
  namespace: 'default',
  ip: '127.0.0.1',
  port: null,
  uiPort: null,
  dbFilename: null,
  ui: false,
  log: { format: 'pretty', level: 'error' },
  extraArgs: [],
});
await runtime.shutdownEphemeralServer(server);
await runtime.shutdown();
