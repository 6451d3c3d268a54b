// What became of each message in the whole network: from the link on which it came in, over the links between routers, to the
// links on which it went out. Each router's own door is judged by the other checkers; here it shows whether the whole is right.
//
//   client ─▶ ingress R1 ─hop─▶ R2 ─hop─▶ R3 ─▶ end (a copy for a consumer)
import type { Breaches } from '../breaches.ts';
import type { Channel } from '../channel.ts';
import type { Message } from '../messages.ts';
import { type Arrival, type Copy, State, type Told } from '../witness/records.ts';
import type { Checker } from '../witness/witness.ts';
import { nameOf, resolutionOf } from './outcome-rules.ts';

export interface Journey {
  readonly message: Message;
  /** How it came into the network. */
  ingress: Arrival | null;
  /** Copies from router to router, in the order of time. */
  readonly hops: Copy[];
  /** Copies for consumers. */
  readonly ends: Copy[];
}

export interface JourneyNeeds {
  readonly breaches: Breaches;
  /** Whether all routers have gone by the same link states since `time`. */
  hasRestedSince(time: number): boolean;
  /** Whether somewhere a consumer that took everything settled was lost with its connection since: `accepted`, and perhaps not sent any more. */
  hasLostSettledConsumer(channel: Channel | null, since: number): boolean;
}

export class Journeys implements Checker {
  /** Copies of a multicast that a consumer got again, while link states differed. */
  duplicates = 0;
  readonly #needs: JourneyNeeds;
  readonly #journeys = new Map<number, Journey>();

  constructor(needs: JourneyNeeds) {
    this.#needs = needs;
  }

  of(message: Message): Journey {
    const known = this.#journeys.get(message.id);
    if (known !== undefined) return known;
    const journey: Journey = { message, ingress: null, hops: [], ends: [] };
    this.#journeys.set(message.id, journey);
    return journey;
  }

  /** Of all messages from number `firstId` on. */
  from(firstId: number): Journey[] {
    return [...this.#journeys.values()].filter(({ message }) => message.id >= firstId);
  }

  handleArrival(arrival: Arrival): void {
    if (arrival.link.kind === 'client' && arrival.message !== null) this.of(arrival.message).ingress = arrival;
  }

  handleCopy(copy: Copy): void {
    if (copy.message === null) return;
    const journey = this.of(copy.message);
    if (copy.link.kind === 'client') this.#end(journey, copy);
    else journey.hops.push(copy);
  }

  /** Promise 4: anycast never twice, wherever; multicast at most once for each consumer, while all know the same network. */
  #end(journey: Journey, copy: Copy): void {
    const { ends, ingress, message } = journey;
    ends.push(copy);
    const again = isMulticast(journey) ? ends.filter(({ link }) => link === copy.link) : ends;
    if (again.length === 1) return;
    const isExcused = isMulticast(journey) && !(ingress !== null && this.#needs.hasRestedSince(ingress.begunAt));
    if (isExcused) this.duplicates++;
    else
      this.#report(
        'promise 4',
        message,
        `got to consumers ${again.length} times: ${again.map(({ link }) => link.describe()).join(' and ')}`,
      );
  }

  /** Promise 3, from end to end. */
  handleOutcome(arrival: Arrival, told: Told, settled: boolean): void {
    const { link, message } = arrival;
    if (!settled || link.kind !== 'client' || message === null || (arrival.isTooLarge && told.code === State.Rejected))
      return;
    const journey = this.of(message);
    const wrong = isMulticast(journey) ? wrongOfMany(journey, told.code) : wrongOfOne(journey, told.code);
    if (wrong === null) return;
    if (told.code === State.Accepted && this.#needs.hasLostSettledConsumer(message.channel, arrival.begunAt)) return;
    this.#report('promise 3', message, `got ${nameOf(told.code)}, but ${wrong}`);
  }

  #report(promised: 'promise 3' | 'promise 4', { id }: Message, text: string): void {
    this.#needs.breaches.report(promised, `across the network m${id} ${text}`);
  }
}

export function isMulticast({ message }: Journey): boolean {
  return message.channel?.distribution === 'multicast';
}

/** A connection between routers was lost with it: what became of it behind there is in doubt. */
function isInDoubt({ hops }: Journey): boolean {
  return hops.some(({ link, isSettled }) => link.endedAt >= 0 && !isSettled);
}

function wrongOfOne(journey: Journey, code: number): string | null {
  const [end] = journey.ends;
  const resolution = end === undefined ? State.Released : resolutionOf(end);
  const isRefused = end === undefined && code === State.Rejected;
  if (code === resolution || isRefused || (code === State.Modified && isInDoubt(journey))) return null;
  return end === undefined
    ? 'no consumer has got a byte of it'
    : `its consumer ${end.link.describe()} made it ${nameOf(resolution)}`;
}

/**
 * Without a lost connection the outcomes of all copies are there, and make this one. With one, a branch counts as modified,
 * whatever its consumers said.
 */
function wrongOfMany(journey: Journey, code: number): string | null {
  const { ends } = journey;
  const resolutions = ends.map(resolutionOf);
  const order = [State.Rejected, State.Accepted, State.Modified];
  const best = order.find((one) => resolutions.includes(one)) ?? State.Released;
  if (!isInDoubt(journey)) {
    if (resolutions.includes(null)) return 'not all of its consumers have said what they made of it';
    const isRefused = ends.length === 0 && code === State.Rejected;
    return code === best || isRefused ? null : `its ${ends.length} copies make ${nameOf(best)}`;
  }
  if (code === State.Modified || resolutions.includes(code)) return null;
  return `with a connection lost none of its ${ends.length} copies says so`;
}
