// A sensor that publishes readings on the channel `telemetry`, pre-settled: it does not wait for outcomes, and a reading
// may be lost where that is better than to be late.
//
//   node examples/telemetry/publisher.js --url amqp://127.0.0.1:5672 --rate 100
import rhea from 'rhea';
import { figures, nowMs, readOptions, repeat, stopWell } from '../sample.js';

const options = readOptions({ name: 'sensor', rate: 100 });
const connection = rhea.create_container({ id: options.name }).connect(options.connection);
const sender = connection.open_sender({ target: 'telemetry', snd_settle_mode: 1 });

let number = 0;
const stopSending = repeat(options.rate, () => {
  if (!sender.sendable()) return;
  number++;
  sender.send({
    application_properties: { sentAt: nowMs(), sensor: options.name },
    body: { celsius: 20 + Math.sin(number / 100) },
  });
  figures.sent();
});

stopWell(connection, async () => stopSending());
