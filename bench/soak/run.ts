// One soak: the router, all actors, and the watch over them, from the first message to the last outcome.
import { Random } from '../../src/kit/random.ts';
import { stop } from '../children.ts';
import { residentBytes } from '../process-figures.ts';
import { formatNumber } from '../report.ts';
import { freePort, routerLog, type StartedTarget, startRouter } from '../targets.ts';
import { type Actor, pause, stopper, until } from './actor.ts';
import { churn, outcomePatienceMs } from './churn.ts';
import type { Stage } from './clients.ts';
import { routerCommand } from './configuration.ts';
import { HeldDelivery } from './held-delivery.ts';
import { KilledSenders } from './killed-senders.ts';
import { largeMessages } from './large-messages.ts';
import { Ledger } from './ledger.ts';
import { judgeMemory, type MemoryReading } from './memory.ts';
import { multicast } from './multicast.ts';
import type { SoakOptions } from './options.ts';
import { requestReply } from './request-reply.ts';
import { SteadyPair } from './steady-pair.ts';
import type { SoakResult } from './verdict.ts';

/** A message older than this is stuck: no actor of ours keeps one so long (but the held delivery, which is not booked). */
const stuckMs = 30_000;
const progressMs = 5_000;
const now = () => performance.now();

interface Cast {
  readonly actors: readonly Actor[];
  readonly pairs: readonly SteadyPair[];
  readonly held: HeldDelivery;
  readonly killed: KilledSenders;
}

function castActors(stage: Stage, program: string, options: SoakOptions): Cast {
  const { ledger } = stage;
  // Dice of their own, so that one actor's throws do not depend on what the others did meanwhile.
  const dice = (salt: number) => new Random(options.seed * 16 + salt);
  const common = (address: string) => ['--port', String(stage.port), '--address', address];
  const pair = (name: string, settled: boolean, sender: string[], receiver: string[]) =>
    new SteadyPair({ program, ledger, name, settled, sender, receiver, common: common(`soak/${name}`) });
  const held = new HeldDelivery({
    ...{ program, ledger, name: 'held delivery', settled: false, common: common('soak/held') },
    ...{ sender: ['--rate', String(options.heldRate), '--silence', '30'], receiver: HeldDelivery.receiver },
  });
  const killed = new KilledSenders({ program, ledger, random: dice(0), common: common('soak/killed') });
  const pairs = [
    pair('settled', true, ['--settled', '--rate', '5000'], []),
    pair('mixed outcomes', false, ['--rate', '5000'], ['--outcome', 'mix', '--settle', 'each']),
    pair(
      'many links',
      false,
      ['--rate', '2000', '--connections', '10', '--links', '5', '--address-per-link'],
      ['--connections', '5', '--links', '10', '--address-per-link'],
    ),
    pair('60 KiB', false, ['--rate', '200', '--size', '61440'], ['--settle', 'backwards', '--settle-batch', '5']),
  ];
  const clients = [
    churn(stage, dice(1), 8, 6),
    requestReply(stage, dice(2), 4),
    multicast(stage, dice(3), 2, 3),
    largeMessages(stage, dice(4), 3),
  ];
  return { actors: [...clients, ...pairs, held, killed], pairs: [...pairs, held], held, killed };
}

const isRunning = ({ child }: StartedTarget) => child.exitCode === null && child.signalCode === null;

/** Looks at everything once a second until the signal. */
async function watch(
  stage: Stage,
  cast: Cast,
  router: StartedTarget,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<MemoryReading[]> {
  const readings: MemoryReading[] = [];
  const began = now();
  let [nextProgress, stuck] = [progressMs, -1];
  for (; !signal.aborted; await pause(1_000, signal)) {
    if (!isRunning(router)) break;
    const elapsed = now() - began;
    readings.push({ atMs: elapsed, bytes: residentBytes(router.pid) });
    const oldest = stage.ledger.oldest(now());
    if (oldest !== null && oldest.ageMs > stuckMs && oldest.number !== stuck) {
      stuck = oldest.number;
      stage.ledger.report(
        6,
        `message ${oldest.number} to ${oldest.address} waits for its outcome since ${stuckMs / 1000} s`,
      );
    }
    if (elapsed < nextProgress) continue;
    nextProgress += progressMs;
    say(progressLine(elapsed, stage.ledger, cast, readings.at(-1)!.bytes));
  }
  return readings;
}

function progressLine(elapsedMs: number, ledger: Ledger, cast: Cast, memory: number): string {
  const { accepted, rejected, released, modified } = ledger.outcomes;
  return [
    `${Math.round(elapsedMs / 1000)
      .toString()
      .padStart(4)} s`,
    `clients ${ledger.sent} sent (${accepted} accepted, ${rejected} rejected, ${released} released, ${modified} modified; ${ledger.outstanding} open)`,
    `held back ${cast.held.sent.toLocaleString('en')}`,
    `volume ${sum(cast.pairs.map((one) => one.sent)).toLocaleString('en')}`,
    `${formatNumber(memory / 1e6)} MB`,
    ...(ledger.breaches.length > 0 ? [`${ledger.breaches.length} BREACHES`] : []),
  ].join('  ');
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Asks the router to end; what it does wrong in that, or did before, as words. */
async function endRouter(router: StartedTarget): Promise<string | null> {
  const { child } = router;
  if (isRunning(router)) {
    await stop(child, 10_000);
    return child.exitCode === 0
      ? null
      : `did not end with 0 when asked to (${child.signalCode ?? child.exitCode}); its output: ${routerLog}`;
  }
  return `ended by itself (${child.signalCode ?? `exit code ${child.exitCode}`}); its output: ${routerLog}`;
}

/** Runs the whole soak. Throws RouterStartError. */
export async function soak(options: SoakOptions, program: string, say: (line: string) => void): Promise<SoakResult> {
  const port = await freePort();
  const router = await startRouter(program, routerCommand(port), port);
  const troubles: string[] = [];
  const ledger = new Ledger();
  const [traffic, watching] = [stopper(), stopper()];
  const stage: Stage = {
    ...{ port, ledger, now },
    trouble: (what) => {
      if (isRunning(router)) troubles.push(what);
    },
  };
  const cast = castActors(stage, program, options);
  const end = setTimeout(() => traffic.abort(), options.seconds * 1000);
  const routerGone = new Promise<void>((resolve) => router.child.once('exit', () => resolve())).then(() => {
    ledger.close();
    traffic.abort();
  });
  const readings = watch(stage, cast, router, say, watching.signal);
  const acting = Promise.all(
    cast.actors
      .filter((actor) => !options.without.includes(actor.name))
      .map((actor) =>
        actor.run(traffic.signal).catch((error: Error) => stage.trouble(`${actor.name}: ${error.message}`)),
      ),
  );
  await Promise.race([acting.then(() => until(() => ledger.outstanding === 0, outcomePatienceMs)), routerGone]);
  clearTimeout(end);
  watching.abort();
  const memory = judgeMemory(await readings);
  return {
    ...{
      seconds: options.seconds,
      seed: options.seed,
      breaches: ledger.breaches,
      troubles,
      outcomes: ledger.outcomes,
      memory,
    },
    ...{ messages: ledger.sent, volume: sum(cast.pairs.map((one) => one.sent)), longestWaitMs: ledger.longestWaitMs },
    ...{
      outstanding: ledger.outstanding,
      killedSenders: cast.killed.killed,
      held: options.without.includes(cast.held.name) ? null : cast.held.rounds,
    },
    routerFault: await endRouter(router),
  };
}
