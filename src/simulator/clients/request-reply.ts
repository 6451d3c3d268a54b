// Request and reply: a requester has an address that the router made up, and names it in what it asks; a responder answers
// there over an anonymous link.
import type { Random } from '../../kit/random.ts';
import type { Channel, Channels } from '../channel.ts';
import type { Client } from './client.ts';
import type { Publisher, PublisherOptions } from './publisher.ts';
import type { Subscriber, SubscriberOptions } from './subscriber.ts';

export interface RequestReplyNeeds {
  client(): Client;
  readonly channels: Channels;
  readonly random: Random;
  subscriber(client: Client, options: Partial<SubscriberOptions>): Subscriber;
  publisher(client: Client, options: Partial<PublisherOptions>): Publisher;
}

export function addResponder(needs: RequestReplyNeeds): void {
  const client = needs.client();
  const sender = needs.publisher(client, { count: 0, isAnonymous: true });
  const receiver = needs.subscriber(client, {});
  receiver.onMessage = ({ id, replyTo }) => {
    if (replyTo === null) return;
    sender.order({
      channel: needs.channels.of(replyTo),
      namesChannel: true,
      size: needs.random.below(500),
      answerTo: id,
    });
  };
}

export function addRequester(needs: RequestReplyNeeds, service: Channel): void {
  const { random } = needs;
  const client = needs.client();
  const isAnonymous = random.chance(0.3);
  const sender = needs.publisher(client, { count: 0, isAnonymous });
  const receiver = needs.subscriber(client, { channel: null });
  let left = random.pick([5, 50]);
  let replyTo: string | null = null;
  const ask = (): void => {
    if (replyTo !== null) {
      left--;
      sender.order({ channel: service, namesChannel: isAnonymous, size: random.below(500), replyTo });
    }
    if (left > 0 && !receiver.hasCalmedDown) client.later(random.between(1, 300), ask);
  };
  receiver.onAddress = (address) => {
    replyTo = address;
  };
  client.later(random.between(1, 1_000), ask);
}
