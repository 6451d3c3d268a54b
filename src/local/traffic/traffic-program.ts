// The thread of the sample applications; what it is told, and tells, stands in report.ts.
import { parentPort } from 'node:worker_threads';
import type { TrafficOrder } from './report.ts';
import { SampleApplications } from './sample-applications.ts';

const port = parentPort;
if (port === null) throw new Error('this is a thread of `weft up`');

const applications = new SampleApplications((report) => port.postMessage(report));
// One order after the other: to stop some may take a while.
let order = Promise.resolve();
port.on('message', (next: TrafficOrder) => {
  if (next !== 'stop') {
    order = order.then(() => applications.apply(next.applications));
    return;
  }
  // Not after those before: whoever starts then is stopped, too.
  void applications.stop().then(() => {
    port.postMessage('stopped');
    port.close();
  });
});
