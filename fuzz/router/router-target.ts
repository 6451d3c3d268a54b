// A whole router as a target: two clients that behave, and attackers that follow a program. Whatever the program, the router does not
// throw and comes to rest, the clients notice nothing but attackers that are clients too, and memory returns.

import type { Target } from '../target.ts';
import { must } from '../target.ts';
import { attackBytes } from './attack.ts';
import { Clients } from './clients.ts';
import { type Choices, choicesOf } from './configuration.ts';
import { checkMemory, type Stay, watchBlocks } from './memory.ts';
import { type Attacker, Network } from './network.ts';
import { attackers, describeStep, makeStep, Op, readStep, type Step, splitProgram } from './program.ts';
import { mutateProgram } from './program-mutations.ts';
import { routerSeeds } from './seeds.ts';

/** Simulated time that one input may take. */
const timeMaxMs = 120_000;
/** Inputs that one router carries out: setting up a router with its clients costs more than most programs do. */
const usesMax = 100;

/** A router with its clients, as it is before every program: the checks at the end of one see to that. */
class Scene {
  readonly choices: Choices;
  readonly network: Network;
  readonly clients: Clients;
  readonly lent: ReadonlySet<Uint8Array>;
  readonly stay: Stay;
  uses = 0;

  constructor(choices: Choices) {
    this.choices = choices;
    this.network = new Network(choices);
    this.lent = watchBlocks(this.network.router);
    this.clients = new Clients(this.network, choices.maxFrameSize);
    for (let at = 0; at < attackers; at++)
      this.network.attackers.push({ connection: null, reads: true, isWriting: false, waiting: [] });
    const { producers, consumers, addresses } = this.network.router.core;
    this.stay = {
      ...{ connections: this.network.clients.size, producers: producers.size },
      ...{ consumers: consumers.size, addresses: addresses.size },
    };
  }
}

export function routerTarget(): Target {
  const scenes = new Map<Choices, Scene>();
  return {
    name: 'router',
    run(input, isAlone) {
      const choices = choicesOf(input[0] ?? 0);
      const scene = (isAlone ? undefined : scenes.get(choices)) ?? new Scene(choices);
      scenes.delete(choices); // when something goes wrong it is not used again
      if (!runProgram(input, scene)) return;
      if (isAlone || ++scene.uses === usesMax) close(scene);
      else scenes.set(choices, scene);
    },
    follow: (input, next) => concatenated(input, [...cuts, ...splitProgram(next).slice(1)]),
    seeds: routerSeeds,
    mutate: mutateProgram,
    split: splitProgram,
    describe: describeStep,
  };
}

/** What ends a program within a longer one. */
const cuts = Array.from({ length: attackers }, (_, who) => makeStep(Op.Cut, who, new Uint8Array(0)));

function concatenated(input: Uint8Array, steps: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat([...splitProgram(input), ...steps]));
}

/** Whether the scene can be used again. */
function runProgram(input: Uint8Array, scene: Scene): boolean {
  const { network, clients, choices } = scene;
  const startedAt = network.now;
  for (const part of splitProgram(input).slice(1))
    if (network.now - startedAt < timeMaxMs) carryOut(readStep(part), network, clients);
  if (choices.endsByDrain) endByDrain(network, clients);
  else endByCut(scene);
  return !choices.endsByDrain;
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
function endByCut({ network, clients, lent, stay }: Scene): void {
  for (const attacker of network.attackers) network.cut(attacker);
  clients.finish();
  // Outcomes are due at once; what the router cleans up by the second gets its time.
  network.pass(3_000);
  clients.finish();
  clients.checkAccounts();
  clients.exchange();
  clients.checkAccounts();
  clients.forget();
  checkMemory(network.router, lent, stay);
}

/** The clients leave, too, and nothing at all is left. */
function close({ network, clients, lent, choices }: Scene): void {
  for (const client of [clients.publisher, clients.consumer]) client.close();
  network.settle();
  must(network.clients.size === 0, 'a close is answered');
  checkMemory(network.router, lent, { connections: 0, producers: 0, consumers: 0, addresses: 0 });
  if (!choices.hasConnector)
    must(network.router.nextDeadline() === Number.POSITIVE_INFINITY, 'a router without connections waits for nothing');
}

/** The router is told to stop while the attackers are there: it does, in time. */
function endByDrain(network: Network, clients: Clients): void {
  for (const client of [clients.publisher, clients.consumer]) client.expectClose();
  const { drainSeconds } = network.router.configuration.router;
  network.router.drain(network.now);
  network.settle();
  // Time to settle, for a Close to be answered, and to look.
  network.pass(drainSeconds * 1000 + 2_000 + 500);
  must(network.host.isStopped, 'a drain ends');
}
