// Changes to programs: steps come, go, change places and are borrowed; frames change their fields.
import type { Random } from '../../src/kit/random.ts';
import { mutateBytes, spliced } from '../byte-mutations.ts';
import { mutateValueBytes } from '../value-mutations.ts';
import { randomFrame, randomOpen } from './frame-templates.ts';
import { attackers, Hello, makeStep, Op, readStep, splitProgram } from './program.ts';

/** Programs do not grow longer, in steps and in bytes. */
const stepsMax = 40;
const bytesMax = 12 * 1024;

export function mutateProgram(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let [configuration = new Uint8Array(1), ...steps] = splitProgram(input);
  if (random.chance(0.05)) configuration = Uint8Array.of(random.below(16));
  for (let times = 1 + random.below(4); times > 0; times--) steps = mutateSteps(steps, other, random);
  let bytes = 0;
  return concatenated([
    configuration,
    ...steps.slice(0, stepsMax).filter((step) => (bytes += step.length) <= bytesMax),
  ]);
}

function mutateSteps(steps: Uint8Array[], other: Uint8Array, random: Random): Uint8Array[] {
  const at = random.below(steps.length + 1);
  const step = steps[at];
  switch (random.below(10)) {
    case 0:
      return steps.toSpliced(at, 1 + random.below(3));
    case 1:
    case 2:
    case 3:
      return steps.toSpliced(at, 0, randomStep(random));
    case 4: {
      const borrowed = splitProgram(other).slice(1);
      const from = random.below(borrowed.length);
      return steps.toSpliced(at, 0, ...borrowed.slice(from, from + 1 + random.below(4)));
    }
    case 5:
      return step === undefined ? steps : steps.toSpliced(random.below(steps.length), 0, step);
    case 6:
      return step === undefined ? steps : steps.with(at, mutateArgument(step, random));
    default:
      return step === undefined ? steps : steps.with(at, mutatePayload(step, random));
  }
}

function randomStep(random: Random): Uint8Array {
  const who = random.pick([0, 0, 1, 2]);
  const inPieces = random.chance(0.03) ? 32 : 0;
  switch (random.below(16)) {
    case 0:
      return makeStep(Op.Hello, hello(who, random), random.chance(0.7) ? new Uint8Array(0) : randomOpen(random));
    case 1:
      return makeStep(Op.Time, random.chance(0.2) ? 1 : 0, Uint8Array.of(random.below(16), random.below(256)));
    case 2:
      return makeStep(Op.Read, who + random.pick([0, 4]), new Uint8Array(0));
    case 3:
      return makeStep(Op.Cut, who, new Uint8Array(0));
    case 4:
    case 5:
    case 6:
      return makeStep(Op.Behave, random.below(256), Uint8Array.of(random.below(256)));
    case 7:
      return makeStep(Op.Parts, who, randomParts(random));
    default:
      return makeStep(Op.Frame, who + inPieces, randomFrame(random));
  }
}

/** Mostly few, seldom more than a router holds before it lets them flow. */
function randomParts(random: Random): Uint8Array {
  const [count, size] = random.chance(0.1) ? [20 + random.below(40), 255] : [1 + random.below(4), random.below(30)];
  return Uint8Array.of(random.below(4), random.below(12), random.below(2), count, size, random.below(3));
}

/** Argument of a Hello: who (counted modulo the number of attackers), the way, whether to wait for a dial. */
function hello(who: number, random: Random): number {
  const way = random.pick([Hello.Bare, Hello.Anonymous, Hello.Anonymous, Hello.Plain, Hello.HeaderOnly]);
  const rest = (way << 2) + (random.chance(0.3) ? 16 : 0);
  // Any argument that is `who` modulo the number of attackers.
  return rest + ((who + attackers * 32 - rest) % attackers) * 64;
}

function mutateArgument(step: Uint8Array, random: Random): Uint8Array {
  const copy = step.slice();
  if (random.chance(0.2)) copy[0] = random.below(9);
  else copy[1] = random.chance(0.5) ? random.below(256) : (copy[1] ?? 0) ^ (1 << random.below(8));
  return copy;
}

/** Fields of a frame, or just bytes. */
function mutatePayload(step: Uint8Array, random: Random): Uint8Array {
  const { op, argument, payload } = readStep(step);
  if (op === Op.Frame && random.chance(0.8)) {
    const body = mutateValueBytes(payload.subarray(2), random);
    if (body !== null) return makeStep(op, argument, spliced(payload.subarray(0, 2), 2, 2, body));
  }
  return makeStep(op, argument, mutateBytes(payload, payload, random).subarray(0, 0x1fff));
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
