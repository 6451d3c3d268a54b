// The client against the engine as a router would use it: the other end accepts its links and answers by a script.
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage, Message } from '../../amqp/message.ts';
import { type Attach, Properties, Source, type Target } from '../../amqp/performatives.ts';
import { asText, int, lookup, toPlain } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { Link } from '../../engine/link.ts';
import { SaslServer } from '../../engine/sasl/server.ts';
import { Endpoint } from '../../engine/testing/endpoint.ts';
import type { Received } from '../../engine/testing/receiver.ts';
import { ManagementConnection } from './management-connection.ts';
import { ManagementNode } from './management-node.ts';
import type { ManagementReply } from './reply.ts';

interface Asked {
  readonly to: string | null;
  readonly properties: Record<string, unknown>;
  readonly body: unknown;
}
type Answer = {
  readonly status: number;
  readonly body?: unknown[] | Map<string, unknown> | null;
  readonly text?: string;
};

/** A router with an agent: takes links, accepts requests, and replies as `answer` says; null stays silent. */
class Agent {
  readonly endpoint: Endpoint;
  readonly client: ManagementConnection;
  readonly asked: Asked[] = [];
  readonly targets: (string | null)[] = [];
  answer: (asked: Asked) => Answer | null = () => ({ status: 200 });
  /** Refuses attaches on which the client sends to this address. */
  refuses: (address: string | null) => boolean = () => false;
  outcome = 0x24;
  now = 1000;
  #replies: ReturnType<Endpoint['send']> | null = null;
  #taken = 0;

  constructor() {
    this.endpoint = new Endpoint({ isInitiator: false, sasl: new SaslServer(['ANONYMOUS', 'PLAIN']) });
    this.endpoint.onAttach = (link, attach) => this.#take(link, attach);
    const login = { containerId: 'c', hostname: 'h', user: '', password: '', hasCertificate: false, mechanisms: null };
    this.client = new ManagementConnection(login, this.now, () => undefined);
  }

  #take(link: Link, attach: Attach): void {
    if (!link.isIncoming) {
      this.endpoint.acceptLink(link, { ...attach, source: new Source({ address: 'temp.1', dynamic: true }) } as Attach);
      this.#replies = this.endpoint.senders.at(-1) ?? null;
      return;
    }
    const address = asText((attach.target as Target).address);
    this.targets.push(address);
    if (this.refuses(address)) return link.refuse(amqpError(Condition.UnauthorizedAccess, 'no'));
    this.endpoint.acceptLink(link, attach);
    const receiver = this.endpoint.receivers.at(-1);
    if (receiver !== undefined) receiver.outcome = this.outcome;
  }

  /** Moves bytes and answers until nothing happens any more. */
  run(): void {
    for (let moved = true; moved; ) {
      moved = false;
      const up = this.client.takeOutput();
      if (up !== null) {
        this.endpoint.connection.handleBytes(up.slice(), this.now);
        this.client.outputWritten(this.now);
        moved = true;
      }
      this.#reply();
      const down = this.endpoint.takeBytes();
      if (down === null) continue;
      this.client.handleBytes(down, this.now);
      moved = true;
    }
  }

  #reply(): void {
    const all = this.endpoint.receivers.flatMap((receiver) => receiver.complete);
    for (const received of all.slice(this.#taken)) this.#replyTo(received);
    this.#taken = all.length;
  }

  #replyTo({ bytes }: Received): void {
    const { properties, applicationProperties, body } = decodeMessage(bytes, 0, bytes.length);
    const asked = {
      to: asText(properties?.to ?? null),
      properties: toPlain(applicationProperties) as Record<string, unknown>,
      body: body.kind === 'value' ? toPlain(body.value) : null,
    };
    this.asked.push(asked);
    const answer = this.outcome === 0x24 ? this.answer(asked) : null;
    if (answer === null) return;
    const writer = new Writer(64);
    const message = new Message({
      properties: new Properties({ correlationId: properties?.correlationId ?? null }),
      applicationProperties: new Map([
        ['statusCode', int(answer.status)],
        ['statusDescription', answer.text ?? 'OK'],
      ] as never),
      body: { kind: 'value', value: (answer.body ?? new Map()) as never },
    });
    encodeMessage(writer, message);
    expect(lookup(applicationProperties, 'operation')).not.toBe(undefined);
    this.#replies?.send(writer.written().slice(), true);
  }

  ask(to = '$management', operation = 'READ', properties = {}, body?: unknown): Promise<ManagementReply> {
    return this.client.ask(to, { operation, properties, body }, this.now + 5_000);
  }

  node(): ManagementNode {
    return new ManagementNode((to, request) => {
      const reply = this.client.ask(to, request, this.now + 5_000);
      this.run();
      return reply;
    });
  }
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'well',
    ({ code }) => code,
  );

test('a request asked before the connection is open goes out when it is, and its reply comes back', async () => {
  const agent = new Agent();
  const reply = agent.ask(
    '$management',
    'READ',
    { type: 'listener', name: 'l', identity: null, count: 500 },
    { a: [1, 'x'] },
  );
  agent.run();
  expect(await reply).toMatchObject({ statusCode: 200, statusDescription: 'OK', body: {} });
  expect(agent.asked).toEqual([
    {
      to: '$management',
      properties: { operation: 'READ', type: 'listener', name: 'l', count: 500 },
      body: { a: [1, 'x'] },
    },
  ]);
  expect(agent.client.routerId).toBe('endpoint');
});

test('replies are told apart by their correlation-id, in whatever order they come', async () => {
  const agent = new Agent();
  agent.answer = ({ properties }) => ({ status: 200, body: [properties['name'] as string] });
  const replies = ['a', 'b', 'c'].map((name) => agent.ask('$management', 'READ', { name }));
  agent.run();
  expect((await Promise.all(replies)).map(({ body }) => body)).toEqual([['a'], ['b'], ['c']]);
});

test('a reply of many frames is put together', async () => {
  const agent = new Agent();
  const text = 'x'.repeat(300_000);
  agent.answer = () => ({ status: 200, body: [text] });
  const reply = agent.ask();
  agent.run();
  expect((await reply).body).toEqual([text]);
});

test('a status other than 2xx is an error with the agent’s own words', async () => {
  const agent = new Agent();
  agent.answer = () => ({ status: 404, text: 'No entity with name=x' });
  const reply = agent.ask();
  agent.run();
  await expect(reply).rejects.toMatchObject({
    code: 'WEFT_REQUEST_REFUSED',
    statusCode: 404,
    message: 'No entity with name=x (status 404)',
  });
});

test('a request that comes back released has no agent to go to', async () => {
  const agent = new Agent();
  agent.outcome = 0x26;
  const reply = agent.ask('_topo/0/NOPE/$management');
  agent.run();
  await expect(reply).rejects.toMatchObject({
    code: 'WEFT_NO_AGENT',
    message: 'nobody answers at _topo/0/NOPE/$management',
  });
});

test('without a reply the request ends at its deadline, and a reply that comes later harms nobody', async () => {
  const agent = new Agent();
  agent.answer = () => null;
  const reply = agent.ask();
  agent.run();
  expect(agent.client.nextDeadline).toBe(6_000);
  agent.now = 6_000;
  agent.client.handleTimeout(agent.now);
  expect(await codeOf(reply)).toBe('WEFT_AGENT_SILENT');
  agent.answer = () => ({ status: 200 });
  const next = agent.ask();
  agent.run();
  expect(await codeOf(next)).toBe('well');
});

test('who may not send anonymously sends to each agent by name', async () => {
  const agent = new Agent();
  agent.refuses = (address) => address === null;
  const replies = [agent.ask('$management'), agent.ask('_topo/0/B/$management'), agent.ask('$management')];
  agent.run();
  expect(await Promise.all(replies.map(codeOf))).toEqual(['well', 'well', 'well']);
  expect(agent.targets).toEqual([null, '$management', '_topo/0/B/$management']);
});

test('who may not send to the agent at all is told so', async () => {
  const agent = new Agent();
  agent.refuses = () => true;
  const reply = agent.ask();
  agent.run();
  expect(await codeOf(reply)).toBe('WEFT_MANAGEMENT_FORBIDDEN');
});

test('when the connection is lost everything that waits fails, and so does what is asked later', async () => {
  const agent = new Agent();
  agent.answer = () => null;
  const waiting = agent.ask();
  agent.run();
  agent.client.handleClosed('connection reset by peer', agent.now);
  await expect(waiting).rejects.toMatchObject({ code: 'WEFT_MANAGEMENT_LOST', message: 'connection reset by peer' });
  expect(await codeOf(agent.ask())).toBe('WEFT_MANAGEMENT_LOST');
});

test('a query asks page by page until a short page', async () => {
  const agent = new Agent();
  const row = (index: number) => [`n${index}`, int(index)];
  const all = Array.from({ length: 1_203 }, (_, index) => row(index));
  agent.answer = ({ properties: { offset, count } }) => ({
    status: 200,
    body: new Map<string, unknown>([
      ['attributeNames', ['name', 'index']],
      ['results', all.slice(Number(offset), Number(offset) + Number(count))],
    ]),
  });
  const node = agent.node();
  const rows = await node.query('t', { attributeNames: ['name', 'index'] });
  expect(rows).toHaveLength(1_203);
  expect(rows.at(-1)).toEqual({ name: 'n1202', index: 1_202 });
  expect(agent.asked.map(({ properties: { offset, count } }) => [offset, count])).toEqual([
    [0, 500],
    [500, 500],
    [1000, 500],
  ]);
  expect(await node.query('t', { count: 600 })).toHaveLength(600);
  expect(agent.asked.slice(3).map(({ properties: { count } }) => count)).toEqual([500, 100]);
});

test('an agent that does not page is not asked again', async () => {
  const agent = new Agent();
  agent.answer = () => ({
    status: 200,
    body: new Map<string, unknown>([
      ['attributeNames', ['name']],
      ['results', Array.from({ length: 700 }, (_, index) => [`n${index}`])],
    ]),
  });
  expect(await agent.node().query('t')).toHaveLength(700);
  expect(agent.asked).toHaveLength(1);
});
