// What every router is told: our link state, our addresses, and with the RA their sequence numbers.
//
//   LSU    our link state, when it has changed           these two bring the news; without the LSU each of the
//   MAU    our addresses, what came and went             others would have to ask for what the RA only announces
//   RA     the sequences, after each of them and from time to time
//
// Both may be lost on a connection that is about to fail, and when another one takes over no path changes that would tell
// anybody of it. So what we have published starts a time of frequent RAs just as changed paths do, longer than a connection may
// be silent unnoticed: whoever has missed the news asks for them.
//
// Dispatch sends its link state only to who asks. It accepts one that comes unasked, if the sequence is higher.
import type { Correspondence } from './correspondence.ts';
import { addressesAtOnce, addressesGapMs, publishPaceMs, tickMs } from './limits.ts';
import type { LocalAddresses } from './local-addresses.ts';
import type { OwnLinkState } from './own-link-state.ts';
import { Pace } from './pace.ts';
import type { LinkStatePort } from './port.ts';
import type { Timing } from './settings.ts';

export class Publication {
  readonly #ownLinkState: OwnLinkState;
  readonly #localAddresses: LocalAddresses;
  readonly #correspondence: Correspondence;
  readonly #port: LinkStatePort;
  readonly #timing: Timing;
  readonly #linkStatePace = new Pace(publishPaceMs);
  readonly #addressPace = new Pace(publishPaceMs, addressesAtOnce, addressesGapMs);
  #isUrgent = false;
  #isRaDue = false;
  #lastRaAt = Number.NEGATIVE_INFINITY;
  #lastNewsAt = Number.NEGATIVE_INFINITY;

  constructor(
    ownLinkState: OwnLinkState,
    localAddresses: LocalAddresses,
    correspondence: Correspondence,
    port: LinkStatePort,
    timing: Timing,
  ) {
    this.#ownLinkState = ownLinkState;
    this.#localAddresses = localAddresses;
    this.#correspondence = correspondence;
    this.#port = port;
    this.#timing = timing;
  }

  /** When news that wait may go out. */
  get dueAt(): number {
    return Math.min(this.#linkStatePace.dueAt, this.#addressPace.dueAt);
  }

  /** There is a first neighbour: others come up with it, and are published together. */
  gather(clock: number): void {
    const until = clock + Math.min(publishPaceMs, this.#timing.joiningMs);
    this.#linkStatePace.hold(until);
    this.#addressPace.hold(until);
  }

  /** Withdraws the link state and the addresses that `keeps` does not name, in this turn and for good. */
  withhold(keeps: (key: string) => boolean): void {
    this.#ownLinkState.withhold();
    this.#localAddresses.withhold(keeps);
    this.#isUrgent = true;
  }

  /** @param changedAt when paths last changed: a while after that, and after news of our own, RAs come faster */
  tick(clock: number, changedAt: number): void {
    const { raIntervalMs, raIntervalFluxMs } = this.#timing;
    const isFlux = clock - Math.max(changedAt, this.#lastNewsAt) <= 2 * raIntervalFluxMs;
    const interval = isFlux ? raIntervalFluxMs : raIntervalMs;
    // Ticks come a little late, never early: what is due within half a tick is due.
    if (clock - this.#lastRaAt >= interval - tickMs / 2) this.#isRaDue = true;
  }

  /** Sends what is due to all, and in its right place between what is due to single routers. */
  send(clock: number): void {
    const own = this.#ownLinkState;
    const isUrgent = this.#isUrgent || own.isUrgent;
    const tellsLinkState = this.#linkStatePace.permits(own.isChanged, isUrgent, clock);
    const { isChanged } = this.#localAddresses;
    const hasHearers = own.peers.size > 0;
    // What goes out together costs one RA.
    const tellsAddresses = this.#addressPace.permits(isChanged && hasHearers, isChanged && tellsLinkState, clock);
    this.#isUrgent = false;
    if (tellsLinkState || tellsAddresses) {
      this.#isRaDue = true;
      this.#lastNewsAt = clock;
    }
    if (tellsLinkState && own.publish()) {
      this.#port.send(this.#correspondence.composeLinkStateUpdate(), { kind: 'flood' });
    }
    this.#correspondence.sendLinkStates(clock);
    const changes = tellsAddresses ? this.#localAddresses.takeChanges() : null;
    if (changes !== null) this.#port.send(this.#correspondence.composeDifferential(changes), { kind: 'flood' });
    this.#correspondence.sendAddresses();
    if (!this.#isRaDue) return;
    this.#isRaDue = false;
    this.#lastRaAt = clock;
    this.#port.send(this.#correspondence.composeRouterAdvertisement(), { kind: 'flood' });
  }
}
