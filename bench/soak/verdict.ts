// What a soak has to say at its end. Pure.
import { formatNumber } from '../report.ts';
import type { Breach, Outcome } from './ledger.ts';
import { type MemoryVerdict, tolerance } from './memory.ts';

export interface SoakResult {
  readonly seconds: number;
  readonly seed: number;
  readonly breaches: readonly Breach[];
  /** What went wrong without being a breach by itself: a connection lost, a link refused. */
  readonly troubles: readonly string[];
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Of the clients in this process, and of the load generators. */
  readonly messages: number;
  readonly volume: number;
  readonly longestWaitMs: number;
  /** Messages without an outcome at the end. */
  readonly outstanding: number;
  readonly killedSenders: number;
  /** Each held delivery; null: it was left out of this run. */
  readonly held: readonly { readonly passed: number; readonly reached: boolean }[] | null;
  readonly memory: MemoryVerdict | null;
  /** null: the router was still running when it was asked to end, and ended with 0. */
  readonly routerFault: string | null;
}

/** A router that broke nothing may still not lose clients: any trouble fails the soak, as any breach does. */
export function isPassed(result: SoakResult): boolean {
  const heldReached = result.held === null || (result.held.length > 0 && result.held.every((one) => one.reached));
  const sound =
    result.breaches.length + result.troubles.length + result.outstanding === 0 && result.routerFault === null;
  return sound && heldReached && result.memory?.flat !== false;
}

const mark = (fine: boolean) => (fine ? '✓' : '✗');
const shown = 20;

function someLines(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length > shown ? [`  … and ${lines.length - shown} more`] : [];
  return [`${title} (${lines.length}):`, ...lines.slice(0, shown).map((line) => `  ${line}`), ...rest];
}

function promiseLine(result: SoakResult, promise: Breach['promise'], text: string): string {
  const broken = result.breaches.filter((one) => one.promise === promise).length;
  return `${mark(broken === 0)} promise ${promise}: ${text}${broken > 0 ? ` (${broken} breaches)` : ''}`;
}

function memoryLine(memory: MemoryVerdict | null): string {
  if (memory === null) return '– memory: too few readings to judge';
  const megabytes = (bytes: number) => `${formatNumber(bytes / 1e6)} MB`;
  return (
    `${mark(memory.flat)} memory flat: median ${megabytes(memory.firstBytes)} after the warm-up, ${megabytes(memory.lastBytes)} at the end ` +
    `(allowed: ${megabytes(memory.allowedBytes)} = ${tolerance.share * 100} % and ${megabytes(tolerance.bytes)} more)`
  );
}

function heldLine(result: SoakResult): string {
  if (result.held === null) return '– held delivery: left out';
  const passed = result.held.map((one) => one.passed.toLocaleString('en')).join(', ');
  const fine = result.held.length > 0 && result.held.every((one) => one.reached);
  return `${mark(fine)} held delivery: ${passed || 'nothing'} settled backwards behind it; its late outcome ${fine ? 'reached' : 'did not reach'} its sender`;
}

/** The verdict as lines for people. */
export function composeVerdict(result: SoakResult): string[] {
  const { accepted, rejected, released, modified } = result.outcomes;
  const counts = `accepted ${accepted}, rejected ${rejected}, released ${released}, modified ${modified}`;
  return [
    `soak of ${result.seconds} s, seed ${result.seed}: ${isPassed(result) ? 'PASSED' : 'FAILED'}`,
    promiseLine(
      result,
      3,
      `every unsettled message had exactly one outcome, the one that its consumers gave (${counts})`,
    ),
    promiseLine(
      result,
      4,
      `no message came twice, none came changed (${(result.messages + result.volume).toLocaleString('en')} messages)`,
    ),
    promiseLine(
      result,
      6,
      `nothing got stuck (longest wait ${formatNumber(result.longestWaitMs)} ms, ${result.killedSenders} senders killed)`,
    ),
    `${mark(result.outstanding === 0)} zero outstanding at the end${result.outstanding > 0 ? `: ${result.outstanding} are` : ''}`,
    heldLine(result),
    memoryLine(result.memory),
    `${mark(result.routerFault === null)} the router ${result.routerFault ?? 'ran to the end and stopped when asked'}`,
    ...someLines(
      'breaches',
      result.breaches.map((one) => `promise ${one.promise}: ${one.what}`),
    ),
    ...someLines('troubles', result.troubles),
  ];
}
