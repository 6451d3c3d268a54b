// A shop that publishes its orders on the channel `orders`. Each is sent unsettled: the shop learns what became of it. Most are
// accepted; one that was in a router just lost ends `modified`: in doubt. Nobody sends it again but the shop, if it wants to.
//
//   node examples/orders/publisher.js --url amqp://127.0.0.1:5672 --rate 300
import rhea from 'rhea';
import { figures, nowMs, readOptions, repeat, stopWell, until } from '../sample.js';

const options = readOptions({ name: 'shop', rate: 300 });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
// `modified` means in doubt, and is not to be mistaken for `released`: nobody got it.
const sender = connection.open_sender({ target: 'orders', treat_modified_as_released: false });
figures.watchOutcomes(sender);

let number = 0;
const stopSending = repeat(options.rate, () => {
  // No credit: nobody consumes, or all are busy. The channel never queues more than it can deliver, so the shop waits.
  if (!sender.sendable()) return;
  sender.send({
    message_id: ++number,
    subject: 'order',
    application_properties: { sentAt: nowMs() },
    body: { article: `article-${number % 100}`, pieces: 1 + (number % 3) },
  });
  figures.sent();
});

stopWell(connection, async () => {
  stopSending();
  await until(() => figures.unsettled === 0);
});
