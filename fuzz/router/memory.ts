// What a router still holds, and must not when those it held it for are gone.
import type { Router } from '../../src/router/router.ts';
import { must } from '../target.ts';

/** Watches the blocks that a router lends out: none may come back twice, or be written to by somebody who gave it back. */
export function watchBlocks(router: Router): ReadonlySet<Uint8Array> {
  const pool = router.core.blocks;
  const take = pool.take.bind(pool);
  const give = pool.give.bind(pool);
  const lent = new Set<Uint8Array>();
  pool.take = () => {
    const block = take();
    lent.add(block);
    return block;
  };
  pool.give = (block) => {
    must(lent.delete(block), 'a block is given back once');
    block.fill(0xee); // whoever still reads it reads nonsense
    give(block);
  };
  return lent;
}

/** Links and addresses of the clients that stay. */
export interface Stay {
  readonly connections: number;
  readonly producers: number;
  readonly consumers: number;
  readonly addresses: number;
}

/** After an attack: nothing of the attackers is left, and nothing is under way. */
export function checkMemory(router: Router, lent: ReadonlySet<Uint8Array>, stay: Stay): void {
  const { core } = router;
  same('connections', router.connections.size, stay.connections);
  same('producers', core.producers.size, stay.producers);
  same('consumers', core.consumers.size, stay.consumers);
  same('addresses', core.addresses.size, stay.addresses);
  same('long deliveries', core.flowing.size, 0);
  same('addresses that are held up', core.heldUp.size, 0);
  same('blocks of bytes', lent.size, 0);
  for (const address of core.addresses.all)
    same(`deliveries that wait at ${address.key}`, address.hasWaiting ? 1 : 0, 0);
  for (const { link } of core.producers) same('deliveries that take a place of a producer', link.openCount, 0);
  for (const { link, busyWith } of core.consumers) {
    same('unsettled deliveries of a consumer', link.unsettledCount, 0);
    must(busyWith === null, 'no consumer is in the middle of a message');
  }
  for (const { connection } of router.connections) {
    same('bytes to be written', connection.outputBytes, 0);
    for (const session of connection.sessions) {
      same('bytes held for a session', session.heldBytes, 0);
      same('incoming unsettled deliveries', session.incoming.size, 0);
      same('outgoing unsettled deliveries', session.outgoing.size, 0);
    }
  }
}

function same(what: string, there: number, wanted: number): void {
  must(there === wanted, `memory returns, ${what}: ${there} instead of ${wanted}`);
}
