// The loop: mutate, run, and keep what reaches new code, to mutate it further.
//
// Looking at coverage costs as much as many runs, so most inputs run in batches with one look at the end; only when a batch has
// reached something new its inputs run again one by one. A few inputs run singly, where the look also shows in which shape code ran.
import { Random } from '../src/kit/random.ts';
import type { Coverage } from './coverage.ts';
import { examine, type Find, hangMs } from './find.ts';
import type { Target } from './target.ts';
import { endsWithin } from './time-limit.ts';

export interface FuzzerOptions {
  readonly seed: number;
  /** Null: blind. */
  readonly coverage: Coverage | null;
  /** Inputs of former runs, beside the target's seeds. */
  readonly corpus: readonly Uint8Array[];
  readonly batchSize: number;
  /** Inputs that run singly, after each batch. */
  readonly singles: number;
}

/** Inputs kept for the shape in which they run code; those that reach new code are kept always. */
const corpusMax = 5_000;
/** After so many different finds there is enough to do. */
const findsMax = 10;
/** How many inputs are made of a lead before it is one among many: more of a short one, of which each byte gets its turn. */
const leadEnergy = (lead: Uint8Array): number => Math.min(3_000, Math.max(200, Math.round(60_000 / lead.length)));
const recentMax = 1_600;

export class Fuzzer {
  readonly target: Target;
  readonly corpus: Uint8Array[] = [];
  readonly finds: Find[] = [];
  executions = 0;
  readonly #options: FuzzerOptions;
  readonly #random: Random;
  /** Of the corpus, what reached new code. */
  readonly #leads: Uint8Array[] = [];
  /** Leads that have not been followed yet. */
  readonly #fresh: { readonly input: Uint8Array; uses: number }[] = [];
  readonly #signatures = new Set<string>();
  readonly #suspects: Uint8Array[] = [];
  /** What ran lately, in case that something comes of it together. */
  readonly #recent: Uint8Array[] = [];
  #current: Uint8Array = new Uint8Array(0);

  constructor(target: Target, options: FuzzerOptions) {
    this.target = target;
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  /** Runs what there is to start from. Faults show here, too. */
  start(): void {
    const { coverage, corpus } = this.#options;
    this.#watched(() => {
      for (const input of [...this.target.seeds(), ...corpus]) {
        this.#run(input);
        this.corpus.push(input);
        if (coverage !== null && coverage.add(coverage.look()) > 0) this.#follow(input);
      }
    });
  }

  get isDone(): boolean {
    return this.finds.length >= findsMax;
  }

  /** One batch and a few single inputs. */
  round(): void {
    const { coverage, batchSize, singles } = this.#options;
    this.#watched(() => {
      const batch = Array.from({ length: batchSize }, () => this.#nextInput());
      for (const input of batch) this.#run(input);
      if (coverage === null) return;
      const look = coverage.look();
      if (coverage.isNew(look)) {
        this.#search(batch, coverage);
        coverage.add(look); // what did not happen again is not worth another search
      }
      for (let left = singles; left > 0; left--) this.#runSingly(this.#nextInput(), coverage);
    });
  }

  /** Runs again, by halves, inputs that reached new code together, and keeps those that did. */
  #search(inputs: readonly Uint8Array[], coverage: Coverage): void {
    const middle = inputs.length >> 1;
    for (const half of [inputs.slice(0, middle), inputs.slice(middle)]) {
      if (half.length === 1) this.#runSingly(half[0] as Uint8Array, coverage);
      else {
        for (const input of half) this.#run(input);
        if (coverage.isNew(coverage.look())) this.#search(half, coverage);
      }
    }
  }

  /** The latest lead that is still fresh; then leads and everything else. */
  #pick(): Uint8Array {
    const fresh = this.#fresh.at(-1);
    if (fresh !== undefined) {
      if (++fresh.uses >= leadEnergy(fresh.input)) this.#fresh.pop();
      if (this.#random.chance(0.75)) return fresh.input;
    }
    return this.#random.pick(this.#leads.length > 0 && this.#random.chance(0.5) ? this.#leads : this.corpus);
  }

  #nextInput(): Uint8Array {
    return this.target.mutate(this.#pick(), this.#random.pick(this.corpus), this.#random);
  }

  #runSingly(input: Uint8Array, coverage: Coverage): void {
    const suspects = this.#suspects.length;
    this.#run(input);
    const look = coverage.look();
    const gained = coverage.add(look);
    const shapes = coverage.addShape(look);
    if (this.#suspects.length > suspects) return;
    if (gained > 0) this.#follow(input);
    if (gained > 0 || (shapes > 0 && this.corpus.length < corpusMax)) this.corpus.push(input);
  }

  #follow(lead: Uint8Array): void {
    this.#leads.push(lead);
    this.#fresh.push({ input: lead, uses: 0 });
  }

  #run(input: Uint8Array): void {
    this.#current = input;
    this.#recent.push(input);
    this.executions++;
    try {
      this.target.run(input, false);
    } catch {
      // The end of the time cannot be caught; everything that comes here was thrown by the target.
      this.#suspects.push(input);
    }
  }

  /** Does something that runs inputs, and stops it when it takes too long. Whatever threw, or did not end, is then looked into. */
  #watched(work: () => void): void {
    const executions = this.executions;
    const patienceMs = hangMs * 5;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // most inputs are refused with an error whose stack nobody wants
    const hasEnded = endsWithin(patienceMs, work);
    Error.stackTraceLimit = stackTraceLimit;
    if (this.#recent.length > recentMax * 2) this.#recent.splice(0, this.#recent.length - recentMax);
    for (const input of this.#suspects.splice(0)) this.#note(examine(this.target, input) ?? this.#findAmong(input));
    if (hasEnded) return;
    const find = examine(this.target, this.#current);
    if (find !== null) this.#note(find);
    else if (this.executions - executions < this.#options.batchSize / 8) {
      const report = `${this.executions - executions} executions took ${patienceMs / 1000} s`;
      this.#note({ input: this.#current, signature: 'slow', report });
    }
  }

  /** It is well when it runs alone: then something was left by those that ran before it. */
  #findAmong(input: Uint8Array): Find {
    const before = this.#recent.slice(0, this.#recent.lastIndexOf(input)).filter((one) => one[0] === input[0]);
    for (let count = 1; count <= before.length; count *= 2) {
      const together = [...before.slice(-count), input].reduce((whole, next) => this.target.follow(whole, next));
      const find = examine(this.target, together);
      if (find !== null) return find;
    }
    return { input, signature: 'unsteady', report: 'threw once, and did not when it ran again' };
  }

  #note(find: Find): void {
    if (this.#signatures.has(find.signature) || this.isDone) return;
    this.#signatures.add(find.signature);
    this.finds.push(find);
  }
}
