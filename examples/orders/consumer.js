// A packing station that consumes from the channel `orders`. Any number of them share the channel: each order goes to
// one, and a station that is slow to accept (`--work-ms 50`) is given fewer.
//
//   node examples/orders/consumer.js --url amqp://127.0.0.1:5672 --name packing-1
import { setTimeout as sleep } from 'node:timers/promises';
import rhea from 'rhea';
import { figures, readOptions, stopWell } from '../sample.js';

const options = readOptions({ name: 'packing', workMs: 0 });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
// Credit is given back with each order that is done, not with each that came: so at most twenty wait here.
const receiver = connection.open_receiver({ source: 'orders', credit_window: 0, autoaccept: false });
receiver.on('receiver_open', () => receiver.add_credit(20));

let free = Promise.resolve(); // one order after the other
connection.on('message', ({ message, delivery }) => {
  figures.received(message.application_properties?.sentAt);
  if (options.workMs === 0) done(delivery);
  else free = free.then(() => sleep(options.workMs)).then(() => done(delivery));
});

function done(delivery) {
  delivery.accept();
  receiver.add_credit(1);
}

stopWell(connection);
