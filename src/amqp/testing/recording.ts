// Conversations recorded from a real router, as the files of recordings/ hold them, a line an event:
//
//   1088 1< 000000f4…        1,088 ms in, connection 1, from the server: one frame or protocol header, in hex
//   2091 1> 00{250*2a}00     from the client; {n*hex} is n times hex
//   7 1> + tap               the connection opened; `-`: the stream of that side ended
//   9 # text                 what happens next
//
// Files of which only the frames matter leave the time out.
import { readFileSync } from 'node:fs';

export interface RecordedEvent {
  readonly atMs: number;
  /** 0 for a note. */
  readonly connection: number;
  readonly byClient: boolean;
  readonly kind: 'opened' | 'ended' | 'bytes' | 'note';
  /** A frame or protocol header; empty for other kinds. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** Conversations of which every frame is recorded, in order. */
export const wholeRecordings = ['inter-router', 'clients', 'policy-denied'] as const;

/** Recordings that hold each frame once. */
export const frameRecordings = ['edge-uplink', 'link-route', 'management', 'management-schema'] as const;

export function readRecording(name: string): RecordedEvent[] {
  const text = readFileSync(new URL(`recordings/${name}.txt`, import.meta.url), 'utf8');
  return text.split('\n').flatMap((line, index) => (/^\d/.test(line) ? [parseLine(line, index + 1)] : []));
}

function parseLine(line: string, number: number): RecordedEvent {
  const match = /^(?:(\d+) )?(?:#|(\d+)([<>])) (.*)$/.exec(line);
  if (match === null) throw new Error(`line ${number} is no event of a recording: ${line.slice(0, 40)}`);
  const [, time = '0', connection, arrow, rest = ''] = match;
  const place = { atMs: Number(time), connection: Number(connection ?? 0), byClient: arrow === '>', line: number };
  const none = new Uint8Array(0);
  if (connection === undefined) return { ...place, kind: 'note', bytes: none, text: rest };
  if (rest.startsWith('+')) return { ...place, kind: 'opened', bytes: none, text: rest.slice(2) };
  if (rest === '-') return { ...place, kind: 'ended', bytes: none, text: '' };
  return { ...place, kind: 'bytes', bytes: bytesOf(rest), text: '' };
}

function bytesOf(hex: string): Uint8Array {
  const whole = hex.replace(/\{(\d+)\*([0-9a-f]+)\}/g, (_, count: string, unit: string) => unit.repeat(Number(count)));
  return Uint8Array.from(Buffer.from(whole, 'hex'));
}
