// Requests and replies, and senders without a target, across the network.
import assert from 'node:assert/strict';
import { libraries } from '../client.ts';
import { askAndAnswer } from '../request-reply.ts';
import { connectTo } from './across.ts';
import { acrossPairs, type MeshCase } from './mesh-case.ts';
import { isEdge } from './topology.ts';

export const requestCases: readonly MeshCase[] = [
  ...acrossPairs(libraries, (from, to) => ({
    what: 'a service at the far end replies through an anonymous sender to a dynamic address of this router',
    run: async (across) => {
      const [near, far] = across.topology.ends;
      const service = across.world.address('service');
      const own = isEdge(across.topology, near) ? `_edge/${near}` : `_topo/0/${near}`;
      await askAndAnswer(await connectTo(across, near, from), await connectTo(across, far, to), service, own);
    },
  })),
  {
    what: 'replies can be sent over a link to the dynamic address, from every router',
    run: async (across) => {
      const [near] = across.topology.ends;
      const inbox = await (await connectTo(across, near)).receiver(null, { dynamic: true, autoAccept: true });
      for (const id of across.topology.routers) {
        const sender = await (await connectTo(across, id)).sender(inbox.address);
        await sender.hasCredit();
        const sent = sender.send({ body: id });
        assert.equal((await inbox.next()).message.body, id);
        assert.equal((await sent.outcome()).outcome, 'accepted');
      }
    },
  },
  {
    what: 'a reply to a dynamic address that is gone is released',
    run: async (across) => {
      const [near, far] = across.topology.ends;
      const inbox = await (await connectTo(across, near)).receiver(null, { dynamic: true });
      const { address } = inbox;
      await inbox.close();
      const sender = await (await connectTo(across, far)).sender(null);
      await sender.hasCredit();
      assert.equal((await sender.send({ to: address, body: 'too late' }).outcome()).outcome, 'released');
    },
  },
  ...acrossPairs(libraries, (from, to) => ({
    what: 'an anonymous sender reaches the far end, and is told when nobody is there',
    run: async (across) => {
      const [near, far] = across.topology.ends;
      const address = across.world.address();
      const sending = await connectTo(across, near, from);
      const sender = await sending.sender(null);
      await sender.hasCredit();
      const receiver = await (await connectTo(across, far, to)).receiver(address, { autoAccept: true });
      // A sender with a target learns when the consumer is known here.
      await (await sending.sender(address)).hasCredit();
      const sent = sender.send({ to: address, body: 'to whom it may concern' });
      assert.equal((await receiver.next()).message.body, 'to whom it may concern');
      assert.equal((await sent.outcome()).outcome, 'accepted');
      const nobody = await sender.send({ to: across.world.address('nobody'), body: 1 }).outcome();
      assert.equal(nobody.outcome, 'released');
      const unavailable = await sender.send({ to: 'unavailable/x', body: 1 }).outcome();
      assert.deepEqual([unavailable.outcome, unavailable.condition], ['rejected', 'amqp:not-found']);
    },
  })),
];
