// A whole router as a target: two clients that behave, and attackers that follow a program. Whatever the program, the router does not
// throw and comes to rest, the clients notice nothing but attackers that are clients too, and memory returns.

import type { Target } from '../target.ts';
import { must } from '../target.ts';
import { attackBytes } from './attack.ts';
import { Clients } from './clients.ts';
import { choicesOf } from './configuration.ts';
import { checkMemory, type Stay, watchBlocks } from './memory.ts';
import { type Attacker, Network } from './network.ts';
import { attackers, describeStep, Op, readStep, type Step, splitProgram } from './program.ts';
import { mutateProgram } from './program-mutations.ts';
import { routerSeeds } from './seeds.ts';

/** Steps of one input that are carried out, and simulated time that they may take. */
const stepsMax = 64;
const timeMaxMs = 120_000;

export function routerTarget(): Target {
  return {
    name: 'router',
    run,
    seeds: routerSeeds,
    mutate: mutateProgram,
    split: splitProgram,
    describe: describeStep,
  };
}

function run(input: Uint8Array): void {
  const choices = choicesOf(input[0] ?? 0);
  const network = new Network(choices);
  const blocks = watchBlocks(network.router);
  const clients = new Clients(network, choices.maxFrameSize);
  for (let at = 0; at < attackers; at++)
    network.attackers.push({ connection: null, reads: true, isWriting: false, waiting: [] });
  const stay = count(network);
  const startedAt = network.now;
  for (const part of splitProgram(input).slice(1, 1 + stepsMax))
    if (network.now - startedAt < timeMaxMs) carryOut(readStep(part), network, clients);
  if (choices.endsByDrain) endByDrain(network, clients);
  else endByCut(network, clients, stay, blocks.lent);
}

function count({ router }: Network): Stay {
  const { producers, consumers, addresses } = router.core;
  return {
    connections: router.connections.size,
    producers: producers.size,
    consumers: consumers.size,
    addresses: addresses.size,
  };
}

function carryOut({ op, argument, payload }: Step, network: Network, clients: Clients): void {
  const attacker = network.attackers[argument % attackers] as Attacker;
  switch (op) {
    case Op.Time: {
      const ms = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
      network.pass(argument === 1 ? ms * 16 : ms);
      break;
    }
    case Op.Behave:
      clients.behave(argument, payload[0] ?? 0);
      break;
    case Op.Read:
      network.setReading(attacker, (argument & 4) === 0);
      break;
    case Op.Cut:
      network.cut(attacker);
      break;
    default:
      if (attacker.connection === null) network.connect(attacker, (argument & 16) !== 0);
      for (const bytes of attackBytes(op, argument, payload)) network.attack(attacker, bytes);
  }
}

/** The attackers are gone: the clients go on as if nothing had been, and nothing is left. */
function endByCut(network: Network, clients: Clients, stay: Stay, lent: ReadonlySet<Uint8Array>): void {
  for (const attacker of network.attackers) network.cut(attacker);
  network.host.dials.length = 0;
  clients.finish();
  // Outcomes are due at once; what the router cleans up by the second gets its time.
  network.pass(3_000);
  clients.finish();
  clients.checkAccounts();
  clients.exchange();
  clients.checkAccounts();
  checkMemory(network.router, lent, stay);
  for (const client of [clients.publisher, clients.consumer]) client.close();
  network.settle();
  must(network.clients.size === 0, 'a close is answered');
  checkMemory(network.router, lent, { connections: 0, producers: 0, consumers: 0, addresses: 0 });
  if (network.router.configuration.connectors.length === 0)
    must(network.router.nextDeadline() === Number.POSITIVE_INFINITY, 'a router without connections waits for nothing');
}

/** The router is told to stop while the attackers are there: it does, in time. */
function endByDrain(network: Network, clients: Clients): void {
  for (const client of [clients.publisher, clients.consumer]) client.expectsClose = true;
  const { drainSeconds } = network.router.configuration.router;
  network.router.drain(network.now);
  network.settle();
  // Time to settle, for a Close to be answered, and to look.
  network.pass(drainSeconds * 1000 + 2_000 + 500);
  must(network.host.isStopped, 'a drain ends');
}
