// A peer that says what the test wants, right or wrong, to an Endpoint that listens.
import {
  type AmqpPerformative,
  Attach,
  Begin,
  type ErrorInfo,
  Open,
  Source,
  Target,
} from '../../amqp/performatives.ts';
import { Clock } from '../clock.ts';
import { Endpoint, type EndpointOptions } from './endpoint.ts';
import { concat, frame, header, readWire, type WireItem } from './wire.ts';

export class RawPeer {
  readonly clock = new Clock();
  readonly endpoint: Endpoint;
  /** All that was answered so far. */
  readonly heard: WireItem[] = [];

  constructor(options: EndpointOptions = {}) {
    this.endpoint = new Endpoint({ isInitiator: false, clock: this.clock, ...options });
  }

  /** Says `parts` in one piece; returns what is answered. */
  say(...parts: readonly Uint8Array[]): WireItem[] {
    this.endpoint.connection.handleBytes(concat(...parts), this.clock.nowMs);
    return this.listen();
  }

  /** Says performatives, all on one channel. */
  tell(...performatives: readonly AmqpPerformative[]): WireItem[] {
    return this.say(...performatives.map((performative) => frame(performative)));
  }

  listen(): WireItem[] {
    const answers: WireItem[] = [];
    for (let bytes = this.endpoint.takeBytes(); bytes !== null; bytes = this.endpoint.takeBytes()) {
      answers.push(...readWire(bytes));
    }
    this.heard.push(...answers);
    return answers;
  }

  open(open: Partial<Open> = {}): this {
    this.say(header(0), frame(new Open({ containerId: 'raw', ...open })));
    return this;
  }

  begin(channel = 0, begin: Partial<Begin> = {}): this {
    this.say(frame(new Begin({ nextOutgoingId: 0, incomingWindow: 100, outgoingWindow: 100, ...begin }), channel));
    return this;
  }

  /** Attaches a link on which this peer sends. */
  attachSender(handle = 0, attach: Partial<Attach> = {}, channel = 0): WireItem[] {
    return this.say(frame(senderAttach(handle, attach), channel));
  }

  get error(): ErrorInfo | null {
    return this.endpoint.connection.lastError;
  }
}

export function senderAttach(handle = 0, attach: Partial<Attach> = {}): Attach {
  return new Attach({
    name: `raw-${handle}`,
    handle,
    role: false,
    source: new Source({}),
    target: new Target({ address: 'here' }),
    initialDeliveryCount: 0,
    ...attach,
  });
}

export function receiverAttach(handle = 0, attach: Partial<Attach> = {}): Attach {
  return new Attach({
    name: `raw-${handle}`,
    handle,
    role: true,
    source: new Source({ address: 'here' }),
    target: new Target({}),
    ...attach,
  });
}
