// Links of the client on rhea: attached, credited, detached.
import type { Connection, EventContext, link as Link, Receiver, Sender, Session } from 'rhea';
import type { AttachOptions, Terminus } from '../protocol.ts';
import { watchDeliveries } from './rhea-deliveries.ts';
import { answerDrain } from './rhea-drain.ts';
import {
  autoAccepting,
  type CommandNamed,
  connections,
  failureOf,
  linkNumbers,
  links,
  tell,
  type Untyped,
} from './rhea-known.ts';

const settleModes = { unsettled: 0, settled: 1, mixed: 2 };

export function attach({ connection, link: number, role, ...options }: CommandNamed<'attach'>): void {
  if (options.coordinator || options.holds) throw new Error('rhea has no coordinators, and reads what arrives');
  const one = connections.get(connection) as Connection;
  const on: { attach_sender(o: unknown): Link; attach_receiver(o: unknown): Link } = options.newSession
    ? newSession(one)
    : one;
  const settings = linkOptions(number, options);
  const node = {
    address: options.address ?? undefined,
    dynamic: options.dynamic ?? false,
    capabilities: options.capabilities,
  };
  const link =
    role === 'sender'
      ? on.attach_sender({ ...settings, target: node, treat_modified_as_released: false })
      : on.attach_receiver({ ...settings, source: node, credit_window: 0, autoaccept: false, autosettle: false });
  links.set(number, link);
  linkNumbers.set(link, number);
  if (options.autoAccept) autoAccepting.add(number);
  if (options.credit) (link as Receiver).add_credit(options.credit);
}

function newSession(connection: Connection): Session {
  const session = connection.create_session();
  session.begin();
  return session;
}

function linkOptions(number: number, { name, senderSettleMode, receiverSettleMode }: AttachOptions): Untyped {
  return {
    name: name ?? `link-${number}`,
    ...(senderSettleMode === undefined ? {} : { snd_settle_mode: settleModes[senderSettleMode] }),
    ...(receiverSettleMode === undefined ? {} : { rcv_settle_mode: receiverSettleMode === 'second' ? 1 : 0 }),
  };
}

const terminus = (one: unknown): Terminus | null => {
  const { address, dynamic } = (one ?? {}) as { address?: unknown; dynamic?: boolean };
  return one ? { address: address ? String(address) : null, dynamic: dynamic === true } : null;
};

export function watchLinks(connection: Connection): void {
  for (const role of ['sender', 'receiver'] as const) {
    const watch = (event: string, act: (link: Link, number: number) => void): void => {
      connection.on(`${role}_${event}`, (context: EventContext) => {
        const number = linkNumbers.get(context[role] as Link);
        if (number !== undefined) act(context[role] as Link, number);
      });
    };
    watch('open', (link, number) =>
      tell({
        on: 'attached',
        link: number,
        source: terminus(link.source),
        target: terminus(link.target),
        maxMessageSize: Number(link.max_message_size ?? 0),
      }),
    );
    watch('error', () => undefined); // told with the close
    watch('close', (link, number) => {
      const { closed } = (link as unknown as { remote: { detach: { closed?: boolean } } }).remote.detach;
      tell({ on: 'detached', link: number, closed: closed === true, ...failureOf(link.error) });
    });
    watch('flow', (link, number) => tellCredit(link as Sender & Receiver, number, role));
  }
  connection.on('receiver_drained', ({ receiver }: EventContext) => {
    (receiver as Receiver).drain = false;
    tell({ on: 'drained', link: linkNumbers.get(receiver as Receiver) as number });
  });
  watchDeliveries(connection);
}

function tellCredit(link: Sender & Receiver, number: number, role: 'sender' | 'receiver'): void {
  const { credit, _draining } = link as unknown as { credit: number; _draining: boolean };
  const drain = role === 'sender' && _draining === true;
  tell({ on: 'credit', link: number, credit, drain });
  if (drain) answerDrain(link);
}
