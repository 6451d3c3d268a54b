// An input of the router target: a program, of a first byte that configures the router and steps for the clients. Any bytes are a
// program, so bytes may be mutated as they like.
//
//   configuration | op, argument, length (2), payload | op, argument, length (2), payload | …
import { decodePerformative } from '../../src/amqp/performatives.ts';

export const Op = {
  /** Bytes as they are. Argument: which attacker. */
  Bytes: 0,
  /** A frame of a right size: channel (2) and body. */
  Frame: 1,
  /** Opens a connection. Payload, if any, is the body of the Open; a Begin follows. Argument: see {@link Hello}. */
  Hello: 2,
  /** Time passes: milliseconds (2), times 16 with the argument 1. */
  Time: 3,
  /** The attacker reads what it is sent, or no longer (argument's bit 2). */
  Read: 4,
  /** The attacker's transport is cut. */
  Cut: 5,
  /** The clients that behave do something: see clients.ts. */
  Behave: 6,
  /** A SASL frame: body. */
  Sasl: 7,
  /** One delivery in parts: see attack.ts. Small to write down, large to carry. */
  Parts: 8,
} as const;
const ops = 9;

/** The way an attacker opens, in bits 2 and 3 of the argument. */
export const Hello = { Bare: 0, Anonymous: 1, Plain: 2, HeaderOnly: 3 } as const;

/** Attackers at a time. */
export const attackers = 3;

export interface Step {
  readonly op: number;
  readonly argument: number;
  readonly payload: Uint8Array;
}

/** The bytes of each step, the first part being the configuration. */
export function splitProgram(input: Uint8Array): Uint8Array[] {
  const parts = [input.subarray(0, 1)];
  for (let at = 1; at < input.length; ) {
    const end = Math.min(input.length, at + 4 + lengthAt(input, at));
    parts.push(input.subarray(at, end));
    at = end;
  }
  return parts;
}

function lengthAt(input: Uint8Array, at: number): number {
  return (((input[at + 2] ?? 0) << 8) | (input[at + 3] ?? 0)) & 0x1fff;
}

export function readStep(part: Uint8Array): Step {
  return { op: (part[0] ?? 0) % ops, argument: part[1] ?? 0, payload: part.subarray(4) };
}

export function makeStep(op: number, argument: number, payload: Uint8Array): Uint8Array {
  const part = new Uint8Array(4 + payload.length);
  part.set([op, argument, payload.length >> 8, payload.length]);
  part.set(payload, 4);
  return part;
}

const names = ['bytes of', 'frame of', 'hello of', 'time', 'reading of', 'cut of', 'behave', 'sasl of', 'parts of'];

/** A step in words. */
export function describeStep(part: Uint8Array): string {
  if (part.length < 2) return `configuration ${part[0] ?? 0}`;
  const { op, argument, payload } = readStep(part);
  const what = `${names[op]} ${op === Op.Time || op === Op.Behave ? argument : argument % attackers}`;
  const start = op === Op.Frame ? 2 : 0;
  if (op !== Op.Frame && op !== Op.Sasl) return what;
  try {
    return `${what}: ${decodePerformative(payload, start, payload.length).constructor.name}`;
  } catch {
    return what;
  }
}
