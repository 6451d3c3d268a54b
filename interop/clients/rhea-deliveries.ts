// Deliveries of the client on rhea: sent, received, settled.
import rhea, { type Connection, type Delivery, type EventContext, type Receiver, type Sender } from 'rhea';
import { patternedBytes } from '../values.ts';
import { endDrain } from './rhea-drain.ts';
import {
  autoAccepting,
  type CommandNamed,
  deliveryNumbers,
  linkNumbers,
  links,
  rememberDelivery,
  tell,
  type Untyped,
} from './rhea-known.ts';
import { describedState, stateOf } from './rhea-states.ts';
import { reportMessage, toMessage } from './rhea-values.ts';

let receivedCount = 0;

export function send({
  link: number,
  delivery,
  message,
  raw,
  messageFormat,
  size,
  to,
  settled,
}: CommandNamed<'send'>): void {
  const link = links.get(number) as Sender;
  const tag = Buffer.from(`d-${delivery}`);
  const content =
    size === undefined ? toMessage(message ?? {}) : { to, body: rhea.message.data_section(patternedBytes(size)) };
  const sent =
    raw === undefined
      ? link.send(content as never, tag)
      : link.send(Buffer.from(raw, 'base64'), tag, messageFormat ?? 0);
  if (settled) (sent as { settled: boolean }).settled = true;
  rememberDelivery(number, delivery, sent);
}

export function watchDeliveries(connection: Connection): void {
  connection.on('message', ({ receiver, delivery, message }: EventContext) => {
    const link = linkNumbers.get(receiver as Receiver) as number;
    const one = delivery as Delivery;
    const number = ++receivedCount;
    rememberDelivery(link, number, one);
    const messageFormat = one.format ?? 0;
    const content =
      messageFormat === 0
        ? { message: reportMessage(message as unknown as Untyped) }
        : { raw: Buffer.from(message as unknown as Buffer).toString('base64') };
    tell({ on: 'message', link, delivery: number, settled: one.remote_settled, messageFormat, ...content });
    if (autoAccepting.has(link)) one.update(true, describedState({ outcome: 'accepted' }));
  });
  for (const outcome of ['accepted', 'rejected', 'released', 'modified'] as const) {
    connection.on(outcome, ({ sender, delivery }: EventContext) => {
      if (!(delivery as Delivery).remote_settled) tellOutcome(sender as Sender, delivery as Delivery);
    });
  }
  connection.on('settled', ({ sender, receiver, delivery }: EventContext) => {
    if (sender) {
      tellOutcome(sender, delivery as Delivery);
      endDrain(sender);
    } else
      tell({
        on: 'settled',
        link: linkNumbers.get(receiver as Receiver) as number,
        delivery: deliveryNumbers.get(delivery as Delivery) as number,
      });
  });
}

function tellOutcome(sender: Sender, delivery: Delivery): void {
  const number = deliveryNumbers.get(delivery);
  if (number !== undefined)
    tell({
      on: 'outcome',
      link: linkNumbers.get(sender) as number,
      delivery: number,
      settled: delivery.remote_settled,
      state: stateOf(delivery.remote_state),
    });
}
