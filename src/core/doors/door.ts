// How messages of one incoming link are read as they come in, and written as they go on: a client's door or a router's.
//
//   as it came ──admit──▶ address and route ──▶ plain      for consumers that see no router annotations
//                                          ╰──▶ annotated  for other routers, and consumers that want them
import { copyBytes } from '../../amqp/copy-bytes.ts';
import type { ErrorInfo } from '../../amqp/performatives.ts';
import { SectionOffsets, scanSections } from '../../amqp/sections.ts';
import { Writer } from '../../amqp/writer.ts';
import type { Address } from '../address.ts';
import type { Route } from '../route.ts';

export interface Door {
  /** A message of another router, which has counted and annotated it already. */
  readonly isTransit: boolean;
  /** Why the message that was admitted last is refused; null when it is not, or when it merely has nobody there. */
  readonly error: ErrorInfo | null;
  readonly route: Route;
  /** The message as it is kept here, when {@link admit} had to change it; else null. */
  readonly changed: Uint8Array | null;
  /** Reads the sections up to the properties; the address, or null: see `error`. hot */
  admit(bytes: Uint8Array, start: number, end: number): Address | null;
  /**
   * The section of message-annotations for those who see what routers add, or do not; null: as it came. `route` is what
   * {@link admit} left for this very message.
   */
  section(bytes: Uint8Array, start: number, end: number, isAnnotated: boolean, route: Route): Uint8Array | null;
  /** A message of this link as it was written for another router, and did not get there: as it is kept here. Leaves its `route`. */
  restore(bytes: Uint8Array): Uint8Array;
}

const sections = new SectionOffsets();

/** A message with another section of message-annotations. Reused: valid until it is made anew. */
export class Rewritten {
  readonly #writer = new Writer(1024);

  get bytes(): Uint8Array {
    return this.#writer.bytes;
  }

  get length(): number {
    return this.#writer.position;
  }

  /** As `make`; null when there is no other section to put there. */
  from(section: Uint8Array | null, bytes: Uint8Array, start: number, end: number): this | null {
    if (section === null) return null;
    this.make(bytes, start, end, section);
    return this;
  }

  /** Puts `section` in the place of what is there. hot */
  make(bytes: Uint8Array, start: number, end: number, section: Uint8Array): void {
    const writer = this.#writer;
    findPlace(bytes, start, end);
    writer.position = 0;
    copyBytes(bytes, start, place.start, writer);
    copyBytes(section, 0, section.length, writer);
    copyBytes(bytes, place.end, end, writer);
  }
}

/** Where the section of message-annotations is, or would be. Scratch. */
export const place = { start: 0, end: 0 };

export function findPlace(bytes: Uint8Array, start: number, end: number): void {
  scanSections(bytes, start, end, 0x72, sections);
  const { messageAnnotationsStart: from, messageAnnotationsEnd: to } = sections;
  place.start = from >= 0 ? from : Math.max(start, sections.deliveryAnnotationsEnd, sections.headerEnd);
  place.end = from >= 0 ? to : place.start;
}
