/** One way to wait for a fact, for tests as for the machine; a little less long than a test may take. */
export { until } from '../dev/wait.ts';
