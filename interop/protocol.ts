// What the suite says to its client programs, and what they tell: one JSON object a line over standard input and output.
// The suite numbers connections, links and the deliveries that it sends; the program numbers what comes to it (deliveries
// received, connections accepted). A program dies when its standard input ends.
import type { Json, Message } from './values.ts';

export interface Failure {
  readonly condition: string | null;
  readonly description: string | null;
}

/** A delivery state (§3.4). */
export interface State {
  readonly outcome: 'accepted' | 'rejected' | 'released' | 'modified' | 'received' | 'none';
  /** Of `rejected`. */
  readonly condition?: string | null;
  readonly description?: string | null;
  readonly info?: Json;
  /** Of `modified`. */
  readonly deliveryFailed?: boolean;
  readonly undeliverableHere?: boolean;
  readonly annotations?: Json;
}

/** Paths of PEM files. The router's certificate must be of the authority, and for the host. */
export interface TlsFiles {
  readonly ca: string;
  /** A certificate of the client's own, with its key. */
  readonly certificate?: string;
  readonly key?: string;
}

export interface ConnectOptions {
  readonly host?: string;
  readonly port?: number;
  /** A Unix socket instead of host and port. */
  readonly path?: string;
  readonly containerId?: string;
  readonly user?: string;
  readonly password?: string;
  /** The SASL mechanisms that may be used, separated by spaces. */
  readonly mechanisms?: string;
  /** False: the bare AMQP header, no SASL layer. */
  readonly sasl?: boolean;
  /** TLS, where the library of the program has it: rhea and Proton Python. */
  readonly tls?: TlsFiles;
  readonly idleTimeoutMs?: number;
  readonly maxFrameSize?: number;
  readonly properties?: { [key: string]: Json };
}

export interface AttachOptions {
  readonly name?: string;
  /** null: an anonymous terminus. */
  readonly address?: string | null;
  readonly dynamic?: boolean;
  /** The target is a transaction coordinator (§4.3). */
  readonly coordinator?: boolean;
  /** A string: one bare symbol; a list: an array of them. */
  readonly capabilities?: string | readonly string[];
  readonly senderSettleMode?: 'unsettled' | 'settled' | 'mixed';
  readonly receiverSettleMode?: 'first' | 'second';
  /** Receivers: credit at once. */
  readonly credit?: number;
  /** Receivers: the program accepts each delivery by itself. */
  readonly autoAccept?: boolean;
  /** Receivers: the program does not read what arrives before it is told to `read`; its session window is 1 MiB. */
  readonly holds?: boolean;
  /** Attach on a session of its own. */
  readonly newSession?: boolean;
}

export interface SendOptions {
  readonly settled?: boolean;
  readonly message?: Message;
  /** The sections as bytes (base64), instead of a message. */
  readonly raw?: string;
  readonly messageFormat?: number;
  /** A body of so many patterned bytes, instead of a message; `to` is its address. */
  readonly size?: number;
  readonly to?: string;
}

export type Command =
  | ({ readonly do: 'connect'; readonly connection: number } & ConnectOptions)
  | { readonly do: 'close'; readonly connection: number }
  | ({ readonly do: 'attach'; readonly connection: number; readonly link: number; readonly role: Role } & AttachOptions)
  | ({ readonly do: 'send'; readonly link: number; readonly delivery: number } & SendOptions)
  /** A part of a delivery; without `last` there is more to come. */
  | {
      readonly do: 'part';
      readonly link: number;
      readonly delivery: number;
      readonly raw: string;
      readonly last: boolean;
    }
  | { readonly do: 'abort'; readonly link: number; readonly delivery: number }
  | {
      readonly do: 'state';
      readonly link: number;
      readonly delivery: number;
      readonly state: State;
      readonly settle: boolean;
    }
  | { readonly do: 'settle'; readonly link: number; readonly delivery: number }
  | { readonly do: 'credit'; readonly link: number; readonly credit: number }
  /** Grants `credit` and asks for it to be used or given back. */
  | { readonly do: 'drain'; readonly link: number; readonly credit: number }
  | { readonly do: 'read'; readonly link: number }
  | { readonly do: 'detach'; readonly link: number; readonly closed: boolean }
  /** Ends the session that the link is on. */
  | { readonly do: 'end'; readonly link: number }
  /** rhea only: a server that routers can dial. */
  | {
      readonly do: 'listen';
      readonly server: number;
      readonly port: number;
      readonly user?: string;
      readonly password?: string;
      readonly properties?: { [key: string]: Json };
    }
  | { readonly do: 'unlisten'; readonly server: number };

export type Role = 'sender' | 'receiver';

export interface Terminus {
  readonly address: string | null;
  readonly dynamic: boolean;
}

export interface OpenEvent {
  readonly on: 'open';
  readonly connection: number;
  readonly containerId: string | null;
  readonly properties: { [key: string]: Json };
  readonly capabilities: string[];
}

export interface AttachedEvent {
  readonly on: 'attached';
  readonly link: number;
  readonly source: Terminus | null;
  readonly target: Terminus | null;
  readonly maxMessageSize: number;
}

export interface MessageEvent {
  readonly on: 'message';
  readonly link: number;
  readonly delivery: number;
  readonly settled: boolean;
  readonly messageFormat: number;
  /** Absent when the format is not 0. */
  readonly message?: Message;
  /** The sections as they came (base64), where the library shows them and they are short. */
  readonly raw?: string;
}

export type Event =
  | OpenEvent
  | ({ readonly on: 'close'; readonly connection: number } & Failure)
  | ({ readonly on: 'disconnected'; readonly connection: number } & Failure)
  | AttachedEvent
  | ({ readonly on: 'detached'; readonly link: number; readonly closed: boolean } & Failure)
  /** The link's credit after a flow; `drain`: the receiver asks for it back (the program gives it back at once). */
  | { readonly on: 'credit'; readonly link: number; readonly credit: number; readonly drain: boolean }
  /** Our drain was answered. */
  | { readonly on: 'drained'; readonly link: number }
  | MessageEvent
  /** So many bytes of a delivery are here that is not complete. */
  | { readonly on: 'partial'; readonly link: number; readonly delivery: number; readonly bytes: number }
  | { readonly on: 'aborted'; readonly link: number; readonly delivery: number }
  /** The receiver's state of a delivery that we sent. */
  | {
      readonly on: 'outcome';
      readonly link: number;
      readonly delivery: number;
      readonly settled: boolean;
      readonly state: State;
    }
  /** The sender settled a delivery that we received. */
  | { readonly on: 'settled'; readonly link: number; readonly delivery: number }
  | { readonly on: 'listening'; readonly server: number; readonly port: number }
  | { readonly on: 'accepted'; readonly server: number; readonly connection: number }
  /** The program cannot do what it was told. */
  | { readonly on: 'fault'; readonly text: string };
