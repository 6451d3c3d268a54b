// Billing publishes invoices on the channel `invoices`. One in twenty lacks its customer, and will be rejected.
//
//   node examples/invoices/publisher.js --url amqp://127.0.0.1:5672 --rate 50
import rhea from 'rhea';
import { figures, nowMs, readOptions, repeat, stopWell, until } from '../sample.js';

const options = readOptions({ name: 'billing', rate: 50 });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
const sender = connection.open_sender({ target: 'invoices', treat_modified_as_released: false });
figures.watchOutcomes(sender);
sender.on('rejected', ({ delivery }) => {
  figures.note = delivery.remote_state.error.description; // the consumer's own words
});

let number = 0;
const stopSending = repeat(options.rate, () => {
  if (!sender.sendable()) return;
  number++;
  sender.send({
    message_id: `invoice-${number}`,
    application_properties: { sentAt: nowMs() },
    body: { customer: number % 20 === 0 ? null : `customer-${number % 7}`, amount: 100 + number },
  });
  figures.sent();
});

stopWell(connection, async () => {
  stopSending();
  await until(() => figures.unsettled === 0);
});
