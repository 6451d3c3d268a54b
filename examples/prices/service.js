// A service on the channel `prices`: it answers each request at the address that the request names in `reply_to`. Start it
// twice and they share the requests.
//
//   node examples/prices/service.js --url amqp://127.0.0.1:5672
import rhea from 'rhea';
import { figures, readOptions, stopWell } from '../sample.js';

const options = readOptions({ name: 'quotes' });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
connection.open_receiver({ source: 'prices', credit_window: 20 });
// A sender without an address of its own: each answer says in `to` where it goes.
const answers = connection.open_sender({ target: {} });

connection.on('message', ({ message }) => {
  figures.received(message.application_properties?.sentAt);
  if (!message.reply_to) return;
  answers.send({
    to: message.reply_to,
    correlation_id: message.message_id,
    body: { article: message.body?.article ?? null, price: 9.99 },
  });
});

stopWell(connection);
