// A worker thread that runs seeds of the simulator, one after the other, as they are asked for.
import { parentPort } from 'node:worker_threads';
import { simulate } from './simulation-task.ts';

const port = parentPort;
if (port === null) throw new Error('this file is a worker thread of `weft sim`');
port.on('message', (task) => port.postMessage(simulate(task)));
