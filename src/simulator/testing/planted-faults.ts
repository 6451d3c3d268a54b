// Faults that a test plants into a router that is alone, to see whether the checkers find them.
import { nth, onConnections, onLinks, type PlantedFault, patch } from './planting.ts';

const accepted = 0x24;
const released = 0x26;
const rejected = 0x25;

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: 'a disposition is lost',
    breaks: ['promise 6', 'promise 3'],
    plant: (router) => {
      const isTime = nth(20);
      onLinks(router, {
        session: (session) =>
          patch(session, 'queueDisposition', (original) => (id, outcome) => {
            if (!isTime()) original(id, outcome);
          }),
      });
    },
  },
  {
    name: 'a delivery is settled twice',
    breaks: ['promise 3'],
    plant: (router) => {
      const isTime = nth(20);
      onLinks(router, {
        session: (session) =>
          patch(session, 'queueDisposition', (original) => (id, outcome) => {
            original(id, outcome);
            if (isTime()) original(id, outcome);
          }),
      });
    },
  },
  {
    name: 'a sender is told another outcome than the consumer said',
    breaks: ['promise 3'],
    plant: (router) => {
      const isTime = nth(10);
      onLinks(router, {
        incoming: (link) =>
          patch(link, 'settle', (original) => (id, outcome) => {
            original(id, isTime() ? (outcome === accepted ? released : accepted) : outcome);
          }),
      });
    },
  },
  {
    name: 'a rejected copy of a multicast counts as accepted',
    breaks: ['promise 3'],
    plant: (router) => {
      onLinks(router, {
        outgoing: (link) =>
          patch(link, 'accept', (original) => (owner, source, target) => {
            original(owner, source, target);
            if (!(owner as { address?: { isMulticast: boolean } }).address?.isMulticast) return;
            patch(
              owner,
              'handleOutcome',
              (handle) =>
                (on, deliveryId, peer, peerId, settled, outcome, ...state) =>
                  handle(on, deliveryId, peer, peerId, settled, outcome === rejected ? accepted : outcome, ...state),
            );
          }),
      });
    },
  },
  {
    name: 'a delivery is sent twice',
    breaks: ['promise 4'],
    plant: (router) => {
      const isTime = nth(20);
      onLinks(router, {
        outgoing: (link) =>
          patch(link, 'send', (original) => (...delivery) => {
            const id = original(...delivery);
            if (link.canSend && isTime()) original(...delivery);
            return id;
          }),
      });
    },
  },
  {
    name: 'a pre-settled delivery is dropped and not counted',
    breaks: ['promise 4', 'promise 3'],
    plant: (router) => {
      const isTime = nth(10);
      onLinks(router, {
        outgoing: (link) =>
          patch(
            link,
            'send',
            (original) => (bytes, start, end, settled, peer, peerId) =>
              settled && isTime() ? 0 : original(bytes, start, end, settled, peer, peerId),
          ),
      });
    },
  },
  {
    name: 'what never left the output of a lost connection passes for given away',
    breaks: ['promise 3', 'promise 4'],
    plant: (router) => onLinks(router, { session: (session) => patch(session, 'outgoingLink', () => () => undefined) }),
  },
  {
    name: 'the ring finds the slot of another delivery',
    breaks: ['promise 3', 'promise 6', 'wire', 'crash'],
    plant: (router) => {
      const isTime = nth(5);
      onLinks(router, {
        session: (session) => {
          for (const ring of [session.incoming, session.outgoing]) {
            patch(ring, 'find', (original) => (id) => {
              const slot = original(id);
              const other = slot < 0 ? -1 : original((id + 1) | 0);
              return other >= 0 && isTime() ? other : slot;
            });
          }
        },
      });
    },
  },
  {
    name: 'a byte of a message is changed',
    breaks: ['content'],
    plant: (router) => {
      const isTime = nth(30);
      onLinks(router, {
        outgoing: (link) =>
          patch(link, 'send', (original) => (bytes, start, end, settled, peer, peerId) => {
            if (!isTime()) return original(bytes, start, end, settled, peer, peerId);
            const changed = bytes.slice(start, end);
            changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1;
            return original(changed, 0, changed.length, settled, peer, peerId);
          }),
      });
    },
  },
  {
    name: 'the end of an aborted delivery looks like its completion',
    breaks: ['promise 3', 'content'],
    plant: (router) => {
      onLinks(router, {
        outgoing: (link) =>
          patch(link, 'abort', () => (id, settled) => link.closePart(link.openPart(id, settled, false, false))),
      });
    },
  },
  {
    name: 'credit leaks with an outcome',
    breaks: ['promise 6'],
    plant: (router) => {
      const isTime = nth(10);
      onLinks(router, {
        incoming: (link) =>
          patch(link, 'settle', (original) => (id, outcome) => {
            original(id, outcome);
            if (isTime()) link.openCount++;
          }),
      });
    },
  },
  {
    name: 'more credit is given than the capacity',
    breaks: ['promise 6'],
    plant: (router) => {
      onLinks(router, {
        incoming: (link) => patch(link, 'offerCredit', (original) => (capacity) => original(capacity + 1)),
      });
    },
  },
  {
    name: 'a waiting delivery is forgotten',
    breaks: ['promise 6', 'promise 3', 'promise 4'],
    plant: ({ core }) => {
      const isTime = nth(3);
      patch(core.addresses, 'findOrMake', (original) => (...words) => {
        const address = original(...words);
        if (typeof address === 'object' && address !== null && !Object.hasOwn(address, 'hold'))
          patch(address, 'hold', (hold) => (held) => {
            if (!isTime()) hold(held);
          });
        return address;
      });
    },
  },
  {
    name: 'a drain is not answered',
    breaks: ['promise 6'],
    plant: (router) => onLinks(router, { outgoing: (link) => patch(link, 'giveUpCredit', () => () => undefined) }),
  },
  {
    name: 'held bytes are not given back',
    breaks: ['promise 6'],
    plant: (router) => {
      const isTime = nth(5);
      onLinks(router, {
        session: (session) =>
          patch(session, 'hold', (original) => (bytes) => {
            if (!(bytes < 0 && isTime())) original(bytes);
          }),
      });
    },
  },
  {
    name: 'held bytes do not shrink the window',
    breaks: ['promise 6'],
    plant: (router) => onLinks(router, { session: (session) => patch(session, 'hold', () => () => undefined) }),
  },
  {
    name: 'a turn writes more than its share',
    breaks: ['promise 6'],
    plant: (router) =>
      onConnections(router, ({ connection }) => {
        let isInFlight = false;
        patch(connection, 'takeOutput', (original) => () => {
          const bytes = original();
          if (bytes !== null) isInFlight = true;
          return bytes;
        });
        patch(connection, 'outputWritten', (original) => (now) => {
          isInFlight = false;
          original(now);
        });
        Object.defineProperty(connection, 'hasRoom', { get: () => !isInFlight });
      }),
  },
  {
    name: 'the credit of a consumer is ignored',
    breaks: ['wire'],
    plant: (router) =>
      onLinks(router, {
        outgoing: (link) =>
          Object.defineProperty(link, 'canSend', { get: () => link.session.remoteIncomingWindow > 0 }),
      }),
  },
  {
    name: 'the router throws',
    breaks: ['crash'],
    plant: ({ core }) => {
      const isTime = nth(3);
      patch(core, 'producerGone', (original) => (...words) => {
        if (isTime()) throw new Error('planted');
        original(...words);
      });
    },
  },
];
