// A subscriber of the channel `telemetry`: the channel is multicast, so every subscriber gets every reading.
//
//   node examples/telemetry/subscriber.js --url amqp://127.0.0.1:5672 --name dashboard
import rhea from 'rhea';
import { figures, readOptions, stopWell } from '../sample.js';

const options = readOptions({ name: 'subscriber' });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
connection.open_receiver({ source: 'telemetry', credit_window: 100 });

connection.on('message', ({ message }) => {
  figures.received(message.application_properties?.sentAt);
});

stopWell(connection);
