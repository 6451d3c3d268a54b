// The six messages of the router protocol as plain records. Names and order of the fields are those of the wire, so that
// whoever encodes a message can go over its fields.
//
//   HELLO  one hop, on every connection     I am here, and these I hear
//   RA     to every router                  my sequences are at …
//   LSR    to one router                    tell me your link state        ──▶  LSU
//   LSU    to one router, or to every one   these are my neighbours
//   MAR    to one router                    I have your addresses up to …  ──▶  MAU with `exist`
//   MAU    to every router, or to one       these addresses came and went, or: these are all
import type { Peers } from './link-state-graph.ts';

/** The version of the protocol that we speak; messages of a higher one are not understood. */
export const protocolVersion = 1;

interface Common {
  /** The router that made the message, not the one that handed it on. */
  readonly id: string;
  readonly pv: number;
  readonly area: '0';
}

export interface Hello extends Common {
  readonly opcode: 'HELLO';
  /** Differs from start to start; 0 when the sender gave none. */
  readonly instance: number;
  /** The routers that the sender has heard within helloMaxAgeSeconds. */
  readonly seen: readonly string[];
}

export interface RouterAdvertisement extends Common {
  readonly opcode: 'RA';
  readonly instance: number;
  readonly ls_seq: number;
  readonly mobile_seq: number;
}

export interface LinkStateRequest extends Common {
  readonly opcode: 'LSR';
}

export interface LinkStateUpdate extends Common {
  readonly opcode: 'LSU';
  readonly instance: number;
  readonly ls_seq: number;
  readonly ls: {
    readonly id: string;
    readonly area: '0';
    readonly ls_seq: number;
    readonly peers: Peers;
  };
}

export interface MobileAddressRequest extends Common {
  readonly opcode: 'MAR';
  readonly have_seq: number;
}

/** What came and went since the update before, `mobile_seq` − 1. */
export interface DifferentialUpdate extends Common {
  readonly opcode: 'MAU';
  readonly mobile_seq: number;
  /** Treatment of each key in `add`. What another router sent may have any length. */
  readonly hints: readonly number[];
  readonly add: readonly string[];
  readonly del: readonly string[];
}

/** All addresses of a router: the answer to a MAR. */
export interface AbsoluteUpdate extends Common {
  readonly opcode: 'MAU';
  readonly mobile_seq: number;
  readonly exist: readonly string[];
  /** Treatment of each key in `exist`. */
  readonly hints: readonly number[];
}

export type MobileAddressUpdate = DifferentialUpdate | AbsoluteUpdate;

export type LinkStateMessage =
  | Hello
  | RouterAdvertisement
  | LinkStateRequest
  | LinkStateUpdate
  | MobileAddressRequest
  | MobileAddressUpdate;

export type Opcode = LinkStateMessage['opcode'];
