// A ledger that consumes invoices, and rejects those that it cannot book. The publisher is told, with the reason.
//
//   node examples/invoices/consumer.js --url amqp://127.0.0.1:5672
import rhea from 'rhea';
import { figures, readOptions, stopWell } from '../sample.js';

const options = readOptions({ name: 'ledger' });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
connection.open_receiver({ source: 'invoices', credit_window: 20, autoaccept: false });

connection.on('message', ({ message, delivery }) => {
  figures.received(message.application_properties?.sentAt);
  if (message.body?.customer) delivery.accept();
  else delivery.reject({ condition: 'amqp:precondition-failed', description: 'an invoice needs a customer' });
});

stopWell(connection);
