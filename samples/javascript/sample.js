// A first program on a mesh, in JavaScript with rhea. README.md of the bundle tells what there is to try.
//
//   node sample.js send CHANNEL [TEXT] [--count N]
//   node sample.js receive CHANNEL [--count N]
//   node sample.js request CHANNEL [TEXT] [--count N]
//   node sample.js serve CHANNEL [--count N]
//
// It connects to the first endpoint that answers, and to the next one when that is lost. Exit codes: 0 done, 1 a message was rejected,
// 2 wrong words or files, 3 the channel was refused, 4 no endpoint takes the connection.
import { randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import rhea from 'rhea';

const folder = process.env.WEFT_BUNDLE ?? '../..';
const say = (line) => process.stderr.write(`${line}\n`);

function end(code, line) {
  say(line);
  process.exit(code);
}

function read(name) {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    return end(2, `${error.message}: run it in its folder, or name the bundle by WEFT_BUNDLE`);
  }
}

const bundle = JSON.parse(read('connection.json'));
const verbs = { send, receive, request, serve };
const { verb, channel, text, count } = readWords();

function readWords() {
  try {
    const options = { count: { type: 'string' } };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [verb, channel, text = 'hello', ...rest] = positionals;
    const isTold = verb === 'send' || verb === 'request';
    const count = Number(values.count ?? (isTold ? 1 : Number.POSITIVE_INFINITY));
    const isCount =
      count === Number.POSITIVE_INFINITY ? values.count === undefined : Number.isInteger(count) && count > 0;
    const isWell = verb in verbs && channel !== undefined && rest.length === 0 && (isTold || positionals.length === 2);
    if (isWell && isCount) return { verb, channel, text, count };
  } catch (error) {
    say(error.message);
  }
  say('usage: node sample.js send|request CHANNEL [TEXT] [--count N], or receive|serve CHANNEL [--count N]');
  for (const one of bundle.channels) say(`  ${one.channel}  ${one.may.join(', ')}`);
  return process.exit(2);
}

// --- the connection ------------------------------------------------------------------------------------------------------

/** The connection, or the router that it led to, is gone: another endpoint may do. */
class Lost extends Error {}
/** The router does not let us use the channel: another one would not, either. */
class Refused extends Error {}

function describe(error) {
  if (!error?.condition) return error?.message || error?.code || 'closed by the router';
  // A refusal says by which rule of the policy.
  const rules = Object.entries(error.info ?? {}).map(([name, value]) => `${name} ${value}`);
  return `${error.condition}: ${error.description}${rules.length > 0 ? ` (${rules.join(', ')})` : ''}`;
}

/** Opens one connection. The files are read each time: the certificate may have been renewed. */
function open({ host, port }) {
  const connection = rhea.create_container({ id: `${bundle.application}-${randomUUID()}` }).connect({
    transport: 'tls',
    host,
    port,
    servername: isIP(host) ? '' : host, // an address is no name to choose a certificate by
    ca: read(bundle.ca),
    cert: read(bundle.cert),
    key: read(bundle.key),
    enable_sasl_external: true, // we are who our certificate says
    reconnect: false, // done below, where it can be seen
    idle_time_out: 10_000, // a router that is silent for so long is lost
  });
  return new Promise((resolve, reject) => {
    connection.once('connection_open', () => resolve(connection));
    // Whoever waits for something waits for this, too.
    connection.failure = new Promise((_, fail) => {
      const lost = ({ error }) => fail(new Lost(describe(error ?? connection.error)));
      connection.on('disconnected', lost);
      connection.on('connection_error', lost);
      connection.on('connection_close', lost);
      connection.on('sender_error', ({ sender }) => fail(new Refused(describe(sender.error))));
      connection.on('receiver_error', ({ receiver }) => fail(new Refused(describe(receiver.error))));
    });
    connection.failure.catch(reject);
  });
}

/** What is wrong with our certificate; '' when nothing is. Routers end the connection without a reason when they do not take it. */
function certificateFault() {
  const own = new X509Certificate(read(bundle.cert));
  const authorities = read(bundle.ca).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
  const isOurs = authorities.some((pem) => own.verify(new X509Certificate(pem).publicKey));
  if (!isOurs) return 'it is not of the authority in ca.pem';
  return Date.parse(own.validTo) < Date.now() ? `it expired on ${own.validTo}` : '';
}

/** The first endpoint that takes us; null when none does. */
async function connect() {
  const fault = certificateFault();
  if (fault !== '') {
    say(`cert.pem: ${fault}; a new one is made by: weft mesh bundle ${bundle.application}`);
    return null;
  }
  for (const endpoint of bundle.endpoints) {
    const place = `${endpoint.router} (${endpoint.host}:${endpoint.port})`;
    try {
      const connection = await open(endpoint);
      say(`connected to ${place}`);
      return connection;
    } catch (error) {
      say(`${place}: ${error.message}`);
    }
  }
  return null;
}

/** The next event of a link, unless the connection fails before. */
async function next(link, name) {
  const [context] = await Promise.race([once(link, name), link.connection.failure]);
  return context;
}

// --- what it does: each goes on where it was when the connection was lost --------------------------------------------------

const run = randomUUID().slice(0, 8);
let done = 0;
let rejected = 0;
let isStopped = false;
const stopped = once(process, 'SIGINT').then(() => {
  isStopped = true;
});

/** Number `n`, always with the same id: a consumer that gets it twice can tell. */
const message = (n) => ({ message_id: `${run}-${n}`, body: count > 1 ? `${text} ${n}` : text });
const bodyOf = ({ body }) => String(body?.content ?? body);

/** A sender that keeps the last outcome: rhea tells each by an event of that name. */
function openSender(connection) {
  const sender = connection.open_sender({ target: channel, treat_modified_as_released: false });
  for (const name of ['accepted', 'rejected', 'released', 'modified']) {
    sender.on(name, ({ delivery }) => {
      sender.outcome = name === 'rejected' ? `rejected: ${describe(delivery.remote_state?.error)}` : name;
    });
  }
  return sender;
}

/** Sends until there is an outcome that is final: accepted or rejected. */
async function deliver(sender, what, message) {
  for (;;) {
    if (!sender.sendable()) await next(sender, 'sendable'); // credit comes when there is a consumer
    sender.send(message);
    await next(sender, 'settled');
    if (sender.outcome !== 'released' && sender.outcome !== 'modified') return sender.outcome;
    // Nobody got it, or it is in doubt whether somebody did.
    console.log(`${what}: ${sender.outcome}; again in a second`);
    await sleep(1000);
  }
}

async function send(connection) {
  const sender = openSender(connection);
  while (done < count) {
    const outcome = await deliver(sender, `sent ${done + 1}`, message(done + 1));
    console.log(`sent ${++done}: ${outcome}`);
    if (outcome !== 'accepted') rejected++;
  }
}

async function request(connection) {
  // The router makes up an address for the answers: nobody has to agree on one.
  const answers = connection.open_receiver({ source: { dynamic: true } });
  await next(answers, 'receiver_open');
  const waiting = new Map();
  answers.on('message', ({ message }) => waiting.get(message.correlation_id)?.(message));
  const sender = openSender(connection);
  while (done < count) {
    const what = `request ${done + 1}`;
    const asked = { ...message(done + 1), reply_to: answers.source.address };
    const answer = new Promise((resolve) => waiting.set(asked.message_id, resolve));
    const outcome = await deliver(sender, what, asked);
    if (outcome !== 'accepted') {
      console.log(`request ${++done}: ${outcome}`);
      rejected++;
      continue;
    }
    // Routers keep nothing: an answer may be lost with a router on its way.
    const reply = await Promise.race([answer, connection.failure, sleep(10_000, null, { ref: false })]);
    if (reply === null) console.log(`${what}: no reply in 10 seconds; again`);
    else console.log(`reply ${++done}: ${bodyOf(reply)}`);
  }
}

/** Takes no more messages than it is to take, ten at a time. */
function consume(connection, handle) {
  const receiver = connection.open_receiver({ source: channel, credit_window: 0, autoaccept: false });
  receiver.add_credit(Math.min(10, count - done));
  return new Promise((resolve, reject) => {
    connection.failure.catch(reject);
    receiver.on('message', ({ message, delivery }) => {
      delivery.accept();
      handle(message);
      done++;
      if (done === count) resolve();
      else if (receiver.credit + done < count) receiver.add_credit(1);
    });
  });
}

function receive(connection) {
  return consume(connection, (message) => console.log(`received ${done + 1}: ${bodyOf(message)}`));
}

async function serve(connection) {
  const answers = connection.open_sender({ target: {} }); // each answer says where it goes
  await next(answers, 'sendable');
  await consume(connection, (message) => {
    const { reply_to: to, message_id: correlation_id } = message;
    if (to) answers.send({ to, correlation_id, body: bodyOf(message) });
    console.log(`answered ${done + 1}: ${bodyOf(message)}`);
  });
}

async function main() {
  for (let isFirst = true; !isStopped; isFirst = false) {
    const connection = await connect();
    if (connection === null) {
      if (isFirst) return 4;
      await sleep(1000);
      continue;
    }
    try {
      await Promise.race([verbs[verb](connection), stopped]);
      connection.close(); // what was accepted is told before
      await once(connection, 'connection_close');
      return rejected > 0 ? 1 : 0;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      say(`connection lost: ${error.message}`);
      await sleep(1000);
    }
  }
  return rejected > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  end(3, `refused: ${error.message}`);
}
