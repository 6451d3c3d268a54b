// What the sample applications share, and what yours will not need: options from the command line, a steady pace, and
// figures about themselves. Under `npm start` they run as worker threads and the figures go to it; started by hand they
// print a line a second.
import { parentPort } from 'node:worker_threads';

/** Monotonic milliseconds. All samples run on one machine, so one's clock can be compared with another's. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Options with their defaults; `--work-ms 20` sets `workMs`. The URL of the router is `--url`. */
export function readOptions(defaults) {
  const options = { url: 'amqp://127.0.0.1:5672', ...defaults };
  const words = process.argv.slice(2);
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at].replace(/^--/, '').replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    if (!(name in options) || words[at + 1] === undefined) throw new Error(`unknown option, or no value: ${words[at]}`);
    options[name] = typeof options[name] === 'number' ? Number(words[at + 1]) : words[at + 1];
  }
  const { hostname, port } = new URL(options.url);
  // A name without a password makes rhea log in as SASL ANONYMOUS.
  const connection = { host: hostname, port: Number(port || 5672), username: 'anonymous', tcp_no_delay: true };
  return { ...options, connection };
}

/** Counts what an application sends and receives. */
export const figures = {
  counts: { sent: 0, received: 0, accepted: 0, rejected: 0, released: 0, modified: 0 },
  arrivals: [],
  /** What an application has to say about its traffic, in a few words. */
  note: '',

  sent() {
    this.counts.sent++;
  },
  /** `sentAt`: the `nowMs()` that the message carries; messages of others carry none. */
  received(sentAt) {
    this.counts.received++;
    if (typeof sentAt === 'number') this.arrivals.push({ sentAtMs: sentAt, receivedAtMs: nowMs() });
  },
  /** Counts the outcome of every message that `sender` sends unsettled. */
  watchOutcomes(sender) {
    for (const outcome of ['accepted', 'rejected', 'released', 'modified'])
      sender.on(outcome, () => this.counts[outcome]++);
  },
  get unsettled() {
    const { sent, accepted, rejected, released, modified } = this.counts;
    return sent - accepted - rejected - released - modified;
  },
};

function report() {
  const { counts, arrivals, note } = figures;
  if (parentPort === null) console.log(JSON.stringify(counts));
  else parentPort.postMessage({ counts, arrivals, note });
  figures.arrivals = [];
}

const reporting = setInterval(report, parentPort === null ? 1000 : 250);

/** Calls `act` as often a second as `rate` says. Returns what stops it. */
export function repeat(rate, act) {
  const from = nowMs();
  let done = 0;
  const timer = setInterval(() => {
    // What could not be done within a second is not made up for.
    const due = Math.floor(((nowMs() - from) * rate) / 1000);
    if (due - done > rate) done = due - rate;
    for (; done < due; done++) act();
  }, 5);
  return () => clearInterval(timer);
}

/** Ends an application well: `prepare` first (await outcomes, say), then its connection is closed. */
export function stopWell(connection, prepare = async () => {}) {
  const stop = async () => {
    await until(() => connection.is_open());
    await prepare();
    connection.once('connection_close', () => {
      clearInterval(reporting);
      report();
      parentPort?.close();
    });
    connection.close();
  };
  if (parentPort === null) process.once('SIGINT', stop);
  else parentPort.once('message', stop);
}

/** Resolves when `isTrue()`, or after `patienceMs`. */
export async function until(isTrue, patienceMs = 5000) {
  for (const from = nowMs(); !isTrue() && nowMs() - from < patienceMs; )
    await new Promise((resolve) => setTimeout(resolve, 10));
}
