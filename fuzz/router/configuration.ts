// The configurations that are fuzzed, by the first byte of an input: each bit is a choice.
import {
  type Configuration,
  defaultConfiguration,
  makeAddress,
  makeConnector,
  makeListener,
  makePolicy,
  makeVhost,
} from '../../src/schema/configuration.ts';

/** Addresses that everybody knows, by their distribution. */
export const publicAddresses = ['even', 'near', 'many'] as const;
/** An address that no attacker can guess. */
export const privateAddress = 'private-5f1c09a7e3';

export interface Choices {
  readonly configuration: Configuration;
  readonly maxFrameSize: number;
  /** How the end comes: the attackers are cut, or the router drains with them connected. */
  readonly endsByDrain: boolean;
  readonly hasConnector: boolean;
}

const anybody = makeVhost({
  hostname: '$default',
  groups: {
    all: {
      ...{ users: '*', remoteHosts: '*', sources: '*', targets: '*' },
      ...{ allowDynamicSource: true, allowAnonymousSender: true },
    },
  },
});

/** Few, so that a router that is set up can be used again; each choice for itself, and some together. */
const combinations = [0, 1, 2, 4, 8, 16, 32, 64, 128, 0x03, 0x07, 0x0e, 0x19, 0x2a, 0x5d, 0x83];
const made: readonly Choices[] = combinations.map(make);

export function choicesOf(byte: number): Choices {
  return made[byte % made.length] as Choices;
}

function make(byte: number): Choices {
  const is = (bit: number): boolean => (byte & (1 << bit)) !== 0;
  const maxFrameSize = is(1) ? 512 : 16_384;
  const endpoint = {
    ...{ host: '127.0.0.1', port: '5672', maxFrameSize, linkCapacity: is(2) ? 4 : 50 },
    stripAnnotations: is(0) ? ('both' as const) : ('no' as const),
    ...(is(3) ? { maxSessionFrames: 4 } : {}),
    maxMessageSize: is(4) ? 20_000 : 0,
    idleTimeoutSeconds: is(5) ? 1 : 16,
  };
  const base = defaultConfiguration();
  const configuration: Configuration = {
    ...base,
    // Everything is allowed but to speak for others: each message is looked at.
    ...(byte === 0x2a ? { policy: makePolicy({ enableVhostPolicy: true }), vhosts: [anybody] } : {}),
    router: { ...base.router, id: 'R', drainSeconds: 1, stalledDeliverySeconds: 3 },
    listeners: [makeListener({ ...endpoint, initialHandshakeTimeoutSeconds: 5 })],
    connectors: is(7) ? [makeConnector({ ...endpoint, saslMechanisms: 'ANONYMOUS' })] : [],
    addresses: [
      makeAddress({ prefix: 'even', distribution: 'balanced' }, 0),
      makeAddress({ prefix: 'near', distribution: 'closest' }, 1),
      makeAddress({ prefix: 'many', distribution: 'multicast' }, 2),
      makeAddress({ prefix: 'none', distribution: 'unavailable' }, 3),
      makeAddress({ prefix: 'via', distribution: 'closest', waypoint: true }, 4),
    ],
  };
  return { configuration, maxFrameSize, endsByDrain: is(6), hasConnector: is(7) };
}
