// Which code has run, from V8's own block coverage. No instrumentation of ours, no dependency.
//
// V8 reports, for each function that ran since the last look, nested ranges with counts. Blocks that did not run are ranges with
// count 0; blocks that ran as often as what surrounds them are not listed at all. So what is kept per function is what has
// *never* run: the places that were in a range of count 0 every time. New coverage is whatever makes that smaller. This also
// holds for many inputs looked at together, which matters: one look costs as much as dozens of small inputs.
import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface FunctionCoverage {
  readonly ranges: readonly Range[];
  readonly isBlockCoverage: boolean;
}
interface ScriptCoverage {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly FunctionCoverage[];
}

/** What one look saw: per function, by key, where it starts and ends, and its ranges. */
export type Look = readonly ScriptCoverage[];

/** Start and end of pieces of a source text, in order, disjoint. */
type Pieces = readonly number[];

export class Coverage {
  readonly #session = new Session();
  readonly #isWanted: (url: string) => boolean;
  readonly #neverRun = new Map<string, Pieces>();
  readonly #shapes = new Set<number>();

  /** Starts to count. Only code that is loaded afterwards is counted block by block: import targets later. */
  constructor(isWanted: (url: string) => boolean) {
    this.#isWanted = isWanted;
    setFlagsFromString('--no-flush-bytecode'); // counters go with the bytecode
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Ends counting; what was seen stays. */
  stop(): void {
    this.#post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  /** What has run since the last look. */
  look(): Look {
    const { result } = this.#post('Profiler.takePreciseCoverage') as { result: ScriptCoverage[] };
    return result.filter(({ url }) => this.#isWanted(url));
  }

  /** Whether a look shows code that never ran before. */
  isNew(look: Look): boolean {
    return this.#compare(look, () => undefined) > 0;
  }

  /** Takes the look in; returns how many pieces of code ran for the first time. */
  add(look: Look): number {
    return this.#compare(look, (key, pieces) => this.#neverRun.set(key, pieces));
  }

  /**
   * Takes in the shape of a look: which blocks of a function ran together, and roughly how often. Returns how many functions
   * ran in a way that was not seen before. Only means something when the look is of a single input.
   */
  addShape(look: Look): number {
    const before = this.#shapes.size;
    for (const { scriptId, functions } of look) for (const one of functions) this.#shapes.add(shapeOf(scriptId, one));
    return this.#shapes.size - before;
  }

  /** Functions seen, and characters of them that have run: to print. */
  get summary(): { functions: number; neverRunPieces: number } {
    let neverRunPieces = 0;
    for (const pieces of this.#neverRun.values()) neverRunPieces += pieces.length / 2;
    return { functions: this.#neverRun.size, neverRunPieces };
  }

  #compare(look: Look, changed: (key: string, pieces: Pieces) => void): number {
    let gained = 0;
    for (const { scriptId, functions } of look) {
      for (const { ranges } of functions) {
        const whole = ranges[0] as Range;
        if (whole.count === 0) continue;
        const key = `${scriptId}:${whole.startOffset}:${whole.endOffset}`;
        const former = this.#neverRun.get(key) ?? [whole.startOffset, whole.endOffset];
        if (former.length === 0) continue;
        const left = common(former, notRun(ranges));
        if (lengthOf(left) === lengthOf(former)) continue;
        gained++;
        changed(key, left);
      }
    }
    return gained;
  }

  #post(method: string, parameters?: object): unknown {
    let failure: Error | null = null;
    let answer: unknown;
    // These methods answer within the call.
    this.#session.post(method, parameters, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw failure;
    return answer;
  }
}

/** The ranges of count 0. One within another counts once; V8 lists them from left to right, outer ones first. */
function notRun(ranges: readonly Range[]): Pieces {
  const pieces: number[] = [];
  let end = -1;
  for (const { startOffset, endOffset, count } of ranges) {
    if (count !== 0 || startOffset < end) continue;
    pieces.push(startOffset, endOffset);
    end = endOffset;
  }
  return pieces;
}

/** What two sets of pieces have in common. */
export function common(a: Pieces, b: Pieces): Pieces {
  const both: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const start = Math.max(a[i] as number, b[j] as number);
    const end = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (start < end) both.push(start, end);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return both;
}

function lengthOf(pieces: Pieces): number {
  let length = 0;
  for (let at = 0; at < pieces.length; at += 2) length += (pieces[at + 1] as number) - (pieces[at] as number);
  return length;
}

/** A hash of the ranges with their counts in steps (0, 1, 2, 3 to 4, 5 to 8, …). */
function shapeOf(scriptId: string, { ranges }: FunctionCoverage): number {
  let hash = Number(scriptId) | 0;
  for (const { startOffset, endOffset, count } of ranges) {
    hash = Math.imul(hash ^ startOffset, 0x01000193);
    hash = Math.imul(hash ^ endOffset, 0x01000193);
    hash = Math.imul(hash ^ (count < 3 ? count : 32 - Math.clz32(count - 1) + 1), 0x01000193);
  }
  return hash;
}
