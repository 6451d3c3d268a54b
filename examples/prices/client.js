// Asks the service on the channel `prices`, and measures how long the answer takes. The router makes up the address for
// the answers: nobody has to agree on one.
//
//   node examples/prices/client.js --url amqp://127.0.0.1:5672 --rate 40
import rhea from 'rhea';
import { figures, nowMs, readOptions, repeat, stopWell, until } from '../sample.js';

const options = readOptions({ name: 'tills', rate: 40 });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
const requests = connection.open_sender({ target: 'prices', treat_modified_as_released: false });
figures.watchOutcomes(requests);
const answers = connection.open_receiver({ source: { dynamic: true } });
const askedAt = new Map();
/** An answer that is later is not waited for: it may be lost with a router on its way, as a request may. */
const patienceMs = 2000;

connection.on('message', ({ message }) => {
  figures.received(askedAt.get(message.correlation_id));
  askedAt.delete(message.correlation_id);
});

let number = 0;
const stopAsking = repeat(options.rate, () => {
  if (!answers.is_open() || !requests.sendable()) return;
  for (const [old, at] of askedAt) {
    if (nowMs() - at < patienceMs) break;
    askedAt.delete(old);
  }
  askedAt.set(++number, nowMs());
  requests.send({
    message_id: number,
    reply_to: answers.source.address,
    application_properties: { sentAt: nowMs() },
    body: { article: `article-${number % 100}` },
  });
  figures.sent();
});

stopWell(connection, async () => {
  stopAsking();
  await until(() => figures.unsettled === 0 && askedAt.size === 0, patienceMs);
});
