// One run: one scenario against one target. Opens everything first, so that only messages are inside the measured time:
//
//   receivers ready ─▶ senders ready ─▶ read CPU ─▶ go … sent … all received ─▶ read CPU ─▶ close
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdleSample, Scenario, TrafficSample } from './figures.ts';
import { LoadIdle, LoadReceiver, LoadSender, type ReceiverResult, type SenderResult } from './load-generator.ts';
import { cpuSeconds, residentBytes } from './process-figures.ts';
import type { Target } from './targets.ts';

export interface MeasureOptions {
  /** The compiled generator. */
  readonly program: string;
  readonly sasl: 'anonymous' | 'none';
  readonly secondsPerRun: number;
  /** How long an idle router is left alone before its memory is read. */
  readonly idleSettleMs: number;
}

type Figures<Sample> = Omit<Sample, 'round'>;

/** Nothing that matters may be lost, doubled or changed while it is measured. */
class TrafficFaultError extends Error {
  override readonly name = 'TrafficFaultError';
  readonly code = 'WEFT_BENCH_TRAFFIC';
}

const commonArgs = ({ host }: Target, port: number, options: MeasureOptions) => [
  ...['--host', host, '--port', String(port), '--sasl', options.sasl],
];

const cpuSecondsOf = ({ pid, otherPids = [] }: Target) =>
  [pid, ...otherPids].reduce((sum, one) => sum + cpuSeconds(one), 0);

/** An address that no run used before: nothing of one run can reach the next. */
let runs = 0;
const nextAddress = (scenario: Scenario) => `bench/${process.pid}/${runs++}/${scenario.name}`;

function checkTraffic(scenario: Scenario, sent: SenderResult, received: ReceiverResult): void {
  const faults = [
    !sent.complete && `the sender stopped at ${sent.sent} sent, ${sent.outcomes} outcomes ${sent.error}`,
    !received.complete && `${received.received} of ${sent.sent} received ${received.error}`,
    received.duplicates > 0 && `${received.duplicates} messages came twice`,
    received.corrupt > 0 && `${received.corrupt} messages came changed`,
    !scenario.settled && sent.accepted !== sent.sent && `${sent.sent - sent.accepted} of ${sent.sent} not accepted`,
    sent.secondOutcomes > 0 && `${sent.secondOutcomes} deliveries got a second outcome`,
    sent.unknownOutcomes > 0 && `${sent.unknownOutcomes} outcomes for deliveries that were never sent`,
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new TrafficFaultError(faults.join('; '));
}

/** Sends and receives for a while. Throws LoadError or TrafficFaultError when that did not go as it must. */
export async function measureTraffic(
  scenario: Scenario,
  target: Target,
  options: MeasureOptions,
): Promise<Figures<TrafficSample>> {
  const address = nextAddress(scenario);
  const common = ['--address', address, ...(scenario.senders > 1 ? ['--address-per-link'] : [])];
  const entry = [...commonArgs(target, target.port, options), ...common];
  const exit = [...commonArgs(target, target.exitPort ?? target.port, options), ...common];
  const receiver = new LoadReceiver(options.program, [...exit, '--connections', String(scenario.consumers)]);
  let sender: LoadSender | undefined;
  try {
    await receiver.ready();
    const senderArgs = [...entry, '--connections', String(scenario.senders), '--size', String(scenario.bodyBytes)];
    senderArgs.push('--for', String(options.secondsPerRun));
    if (scenario.rate !== null) senderArgs.push('--rate', String(scenario.rate));
    if (scenario.settled) senderArgs.push('--settled');
    if (scenario.properties) senderArgs.push('--properties');
    sender = new LoadSender(options.program, senderArgs);
    await sender.ready();
    const cpuBefore = cpuSecondsOf(target);
    sender.go();
    receiver.expect(await sender.sent());
    const [sent, received] = await Promise.all([sender.result(), receiver.result()]);
    const cpu = cpuSecondsOf(target) - cpuBefore;
    checkTraffic(scenario, sent, received);
    return {
      kind: 'traffic',
      scenario: scenario.name,
      target: target.name,
      messages: received.received,
      rate: received.rate,
      cpuPerMillion: (cpu / received.received) * 1e6,
      loadCpuPerMillion: ((sent.cpuSeconds + received.cpuSeconds) / received.received) * 1e6,
      p50: received.latencyUs.p50,
      p99: received.latencyUs.p99,
      p999: received.latencyUs.p999,
    };
  } finally {
    await Promise.all([sender?.close(), receiver.close()]);
  }
}

/** Memory per idle connection with one link: the growth of the process, when everything has calmed down, divided. */
export async function measureIdle(
  scenario: Scenario,
  target: Target,
  options: MeasureOptions,
): Promise<Figures<IdleSample>> {
  await sleep(options.idleSettleMs);
  const before = residentBytes(target.pid);
  const args = [...commonArgs(target, target.port, options), '--address', nextAddress(scenario), '--address-per-link'];
  const idle = new LoadIdle(options.program, [...args, '--connections', String(scenario.consumers)]);
  try {
    await idle.ready();
    await sleep(options.idleSettleMs);
    const bytesPerConnection = (residentBytes(target.pid) - before) / scenario.consumers;
    return {
      kind: 'idle',
      scenario: scenario.name,
      target: target.name,
      connections: scenario.consumers,
      bytesPerConnection,
    };
  } finally {
    await idle.close();
  }
}
