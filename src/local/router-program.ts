// One router of the sample mesh, in a process of its own. It runs what `weft router` runs, and besides tells its parent its figures,
// and ends with it: also when the parent is killed and cannot say so.
//
//   node router-program.js CONFIGURATION VERSION        a configuration in the form of JSON
//   ◀─ 'stop'          drain, then end
//   ─▶ RouterReport    once it is operational, then a few times a second
import { startRouter } from '../host/start-router.ts';
import { formatFault } from '../schema/faults.ts';
import { readConfiguration } from '../schema/read-configuration.ts';

export interface RouterReport {
  /** That came from applications, went to them, or passed from router to router. One between two own applications counts twice. */
  readonly deliveries: number;
}

const reportMs = 250;

async function main(text: string, version: string): Promise<void> {
  const { configuration, faults } = readConfiguration(text, 'router.json');
  if (configuration === null) throw new Error(faults.map(formatFault).join('\n'));
  const node = await startRouter(configuration, { version, warnings: faults.map(formatFault) });
  const report = (): void => {
    const {
      deliveriesIngress = 0,
      deliveriesEgress = 0,
      deliveriesTransit = 0,
    } = node.describe() as Record<string, number>;
    const report: RouterReport = { deliveries: deliveriesIngress + deliveriesEgress + deliveriesTransit };
    if (process.connected) process.send?.(report);
  };
  report();
  const timer = setInterval(report, reportMs);
  process.once('message', () => void node.stop());
  await node.ended;
  await node.log.close();
  clearInterval(timer);
}

// Who ends `npm start` often signals all its processes; but applications stop first, and our parent says when we are to.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit(1));
const [configuration = '', version = ''] = process.argv.slice(2);
try {
  await main(configuration, version);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
