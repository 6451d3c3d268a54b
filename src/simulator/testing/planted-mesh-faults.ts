// Faults that a test plants into every router of a network, to see whether the checkers find them.
import type { Outlet } from '../../core/outlet.ts';
import type { Router } from '../../router/router.ts';
import { PlainPaths } from '../checkers/plain-paths.ts';
import type { TopologyName } from '../topology/shapes.ts';
import { nth, onConnections, onLinks, type PlantedFault, patch } from './planting.ts';

export interface PlantedMeshFault extends PlantedFault {
  /** A network in which it matters. */
  readonly topology: TopologyName;
}

type Mesh = NonNullable<Router['core']['mesh']>;

const released = 0x26;
const modified = 0x27;

function meshOf({ core }: Router): Mesh {
  return core.mesh as Mesh;
}

function isTrunk(link: { readonly session: { readonly connection: { readonly owner: unknown } } }): boolean {
  return (link.session.connection.owner as { entity: { role: string } }).entity.role === 'inter-router';
}

export const plantedMeshFaults: readonly PlantedMeshFault[] = [
  {
    name: 'a disposition is lost between routers',
    topology: 'line',
    breaks: ['promise 6', 'promise 3'],
    plant: (router) => {
      const isTime = nth(5);
      onLinks(router, {
        session: (session) => {
          if (!isTrunk({ session })) return;
          patch(session, 'queueDisposition', (original) => (id, outcome) => {
            if (!isTime()) original(id, outcome);
          });
        },
      });
    },
  },
  {
    name: 'a delivery is sent twice to the next router',
    topology: 'line',
    breaks: ['promise 4'],
    plant: (router) => {
      const isTime = nth(30);
      onLinks(router, {
        outgoing: (link) => {
          if (!isTrunk(link)) return;
          patch(link, 'send', (original) => (...delivery) => {
            const id = original(...delivery);
            if (link.canSend && isTime()) original(...delivery);
            return id;
          });
        },
      });
    },
  },
  {
    name: 'credit leaks between routers',
    topology: 'line',
    breaks: ['promise 6'],
    plant: (router) => {
      onLinks(router, {
        incoming: (link) => {
          if (isTrunk(link)) patch(link, 'offerCredit', (original) => (capacity) => original(capacity - 1));
        },
      });
    },
  },
  {
    name: 'ties between paths are broken the wrong way',
    topology: 'ring',
    breaks: ['convergence'],
    plant: (router) => {
      const mesh = meshOf(router);
      patch(mesh, 'routesChanged', (original) => () => {
        breakTies(mesh);
        original();
      });
    },
  },
  {
    name: 'addresses that are withdrawn stay known',
    topology: 'triangle',
    breaks: ['convergence', 'promise 6'],
    plant: (router) => {
      const { protocol } = meshOf(router);
      patch(protocol, 'handleFlooded', (original) => (opcode, body, hops, now) => {
        if (opcode === 'MAU' && body instanceof Map && body.has('del')) body.set('del', []);
        return original(opcode, body, hops, now);
      });
    },
  },
  {
    name: 'messages go on to where the last consumer has left',
    topology: 'triangle',
    breaks: ['promise 5', 'promise 6'],
    plant: (router) => {
      meshOf(router).addressRemoved = () => undefined;
    },
  },
  {
    name: 'an address of another router is not heard of',
    topology: 'line',
    breaks: ['promise 5', 'promise 6'],
    plant: (router) => {
      const isTime = nth(2);
      patch(meshOf(router), 'addressAdded', (original) => (...address) => {
        if (!isTime()) original(...address);
      });
    },
  },
  {
    name: 'a multicast goes on wherever it came from',
    topology: 'full-mesh',
    breaks: ['promise 4', 'promise 5'],
    plant: (router) => {
      meshOf(router).isValidOrigin = () => true;
    },
  },
  {
    name: 'what went to a lost neighbour passes for undelivered',
    topology: 'ring',
    breaks: ['promise 3'],
    plant: ({ core }) => {
      patch(core, 'producerCame', (original) => (producer) => {
        original(producer);
        const { link, open } = producer;
        const ring = link.session.incoming;
        const hasLeft = (id: number) => (ring.peers[ring.find(id)] as Outlet | null)?.way != null;
        patch(open, 'settleFrom', (settle) => (id, outcome, bytes, start, end) => {
          const isLost = outcome === modified && start === end && hasLeft(id);
          settle(id, isLost ? released : outcome, bytes, start, end);
        });
      });
    },
  },
  {
    name: 'what was given to a lost neighbour goes out again',
    topology: 'ring',
    breaks: ['promise 4', 'promise 3'],
    plant: (router) => {
      onConnections(router, ({ connection, entity }) => {
        if (entity.role !== 'inter-router') return;
        let last = new Uint8Array(0);
        patch(connection, 'takeOutput', (original) => () => {
          const bytes = original();
          if (bytes !== null) last = bytes.slice();
          return bytes;
        });
        patch(connection, 'handleClosed', (original) => (now) => {
          if (!connection.isFinished) connection.output().append(last);
          original(now);
        });
      });
    },
  },
  {
    name: 'a loss of a link is not told to the others',
    topology: 'ring',
    breaks: ['convergence', 'promise 5'],
    plant: (router) => {
      meshOf(router).protocol.connectionLost = () => undefined;
    },
  },
  {
    name: 'a router that stops does not wait for what is under way',
    topology: 'ring',
    breaks: ['promise 5'],
    plant: ({ core }) => Object.defineProperty(core, 'isQuiet', { get: () => true }),
  },
  {
    name: 'a message is released for no reason',
    topology: 'triangle',
    breaks: ['promise 5'],
    plant: ({ core }) => {
      const isTime = nth(60);
      patch(core, 'producerCame', (original) => (producer) => {
        original(producer);
        patch(
          producer.door,
          'admit',
          (admit) =>
            (...bytes) =>
              isTime() ? null : admit(...bytes),
        );
      });
    },
  },
  {
    name: 'what an edge router sends comes back to it',
    topology: 'edges',
    breaks: ['promise 4', 'promise 6', 'promise 3'],
    plant: ({ core }) => {
      patch(core, 'producerCame', (original) => (producer) => {
        Object.assign(producer, { avoids: null });
        original(producer);
      });
    },
  },
  {
    name: 'an interior router is not told that the last consumer of an edge has left',
    topology: 'edges',
    breaks: ['promise 6', 'promise 5'],
    plant: ({ core }) => {
      if (core.edge !== null) core.edge.handleLastConsumer = () => undefined;
    },
  },
  {
    name: 'messages overtake those that wait',
    topology: 'line',
    breaks: ['order'],
    plant: ({ core }) => {
      patch(core.addresses, 'find', (original) => (...words) => {
        const address = original(...words);
        if (typeof address === 'object' && address !== null)
          Object.defineProperty(address, 'hasWaiting', { get: () => false, configurable: true });
        return address;
      });
    },
  },
];

/** Of several neighbours on paths of the same cost another one is taken. */
function breakTies({ core, protocol }: Mesh): void {
  const self = core.self.routerId;
  const links = [{ id: self, peers: protocol.peers }, ...protocol.routers.values()].flatMap(({ id, peers }) =>
    [...peers].map(([to, cost]) => ({ ends: [id, to] as const, cost, isUplink: false })),
  );
  const paths = new PlainPaths([self, ...protocol.routers.keys()], links);
  for (const router of protocol.routers.values()) {
    if (!router.isReachable) continue;
    const others = [...protocol.peers].filter(
      ([id, cost]) => id !== router.nextHop?.id && cost + paths.cost(id, router.id) === router.cost,
    );
    const [other] = others;
    if (other !== undefined) Object.assign(router, { nextHop: protocol.router(other[0]) });
  }
}
