// Credit across the network: given when somebody consumes somewhere, withdrawn when nobody does.
import assert from 'node:assert/strict';
import { connectTo } from './across.ts';
import type { MeshCase } from './mesh-case.ts';

export const creditCases: readonly MeshCase[] = [
  {
    what: 'a sender has credit while there is a consumer at the far end, and none before and after',
    run: async (across) => {
      const [near, far] = across.topology.ends;
      const address = across.world.address();
      const sender = await (await connectTo(across, near)).sender(address);
      const consuming = await connectTo(across, far);
      await sender.connection.fence();
      await consuming.fence();
      assert.equal(sender.credit, 0, 'credit without a consumer');
      for (let round = 1; round <= 2; round++) {
        const receiver = await consuming.receiver(address);
        await sender.hasCredit();
        const sent = sender.send({ body: round });
        (await receiver.next()).accept();
        assert.equal((await sent.outcome()).outcome, 'accepted');
        await receiver.close();
        await sender.until('is asked to give its credit back', () => sender.drains === round);
        await sender.connection.fence();
        assert.equal(sender.credit, 0, 'credit after the last consumer left');
      }
    },
  },
  {
    what: 'a consumer without credit lets senders wait, and gets everything in order when it has some',
    run: async (across) => {
      const [near, far] = across.topology.ends;
      const address = across.world.address();
      const receiver = await (await connectTo(across, far)).receiver(address, { credit: 0, autoAccept: true });
      const sender = await (await connectTo(across, near)).sender(address);
      await sender.hasCredit();
      const sent = Array.from({ length: 300 }, (_, body) => sender.send({ body }));
      await sender.connection.fence();
      receiver.grant(7);
      for (let i = 0; i < 7; i++) assert.equal((await receiver.next()).message.body, i);
      await receiver.connection.fence();
      assert.equal(receiver.messages.length, 0, 'a message beyond the credit');
      receiver.grant(1_000);
      for (let i = 7; i < 300; i++) assert.equal((await receiver.next()).message.body, i);
      for (const delivery of sent) assert.equal((await delivery.outcome()).outcome, 'accepted');
    },
  },
  {
    what: 'a consumer that comes back elsewhere is found by the senders that are there',
    routersMin: 2,
    run: async (across) => {
      const [near] = across.topology.ends;
      const address = across.world.address();
      const sender = await (await connectTo(across, near)).sender(address);
      for (const id of across.topology.routers) {
        const receiver = await (await connectTo(across, id)).receiver(address, { autoAccept: true });
        await sender.hasCredit();
        // What is sent before the routers know that the consumer moved may be released; nothing is lost.
        let outcome = '';
        while (outcome !== 'accepted') {
          await sender.hasCredit();
          ({ outcome } = await sender.send({ body: id }).outcome());
          assert.ok(outcome === 'accepted' || outcome === 'released', `a message for ${id} was ${outcome}`);
        }
        assert.equal((await receiver.next()).message.body, id);
        await receiver.close();
        const { drains } = sender;
        await sender.until('is asked to give its credit back', () => sender.drains > drains || sender.credit === 0);
      }
    },
  },
];
