// A client on rhea that does what the suite tells it (../protocol.ts): commands in, events out, one JSON object a line. It
// can be a server, too, which a router's connector dials.
import { createInterface } from 'node:readline';
import type { Receiver } from 'rhea';
import type { Command } from '../protocol.ts';
import { connect, listen, unlisten } from './rhea-connections.ts';
import { send } from './rhea-deliveries.ts';
import { type CommandNamed, connections, deliveryOf, links, tell } from './rhea-known.ts';
import { attach } from './rhea-links.ts';
import { describedState } from './rhea-states.ts';

const receiverOf = (number: number): Receiver => links.get(number) as Receiver;

const commands: { [N in Command['do']]: (command: CommandNamed<N>) => void } = {
  connect,
  attach,
  send,
  listen,
  unlisten,
  close: ({ connection }) => connections.get(connection)?.close(),
  state: ({ link, delivery, state, settle }) => deliveryOf(link, delivery).update(settle, describedState(state)),
  settle: ({ link, delivery }) => deliveryOf(link, delivery).update(true),
  credit: ({ link, credit }) => receiverOf(link).add_credit(credit),
  drain: ({ link, credit }) => {
    receiverOf(link).add_credit(credit);
    receiverOf(link).drain_credit();
  },
  end: ({ link }) => links.get(link)?.session.close(),
  detach: ({ link, closed }) => (closed ? links.get(link)?.close() : links.get(link)?.detach()),
  part: () => unsupported('sends whole messages'),
  abort: () => unsupported('sends whole messages'),
  read: () => unsupported('reads what arrives'),
};

function unsupported(what: string): never {
  throw new Error(`rhea ${what}`);
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line) as Command;
    try {
      (commands[command.do] as (command: Command) => void)(command);
    } catch (error) {
      tell({ on: 'fault', text: String(error) });
    }
  })
  .on('close', () => process.exit(0));
