// The time of the turn, one clock for all connections of a router: a delivery that goes out on a connection that was quiet
// for minutes is marked with the time of the turn, not with the time at which that connection last spoke.

export class Clock {
  /** Monotonic milliseconds; never goes backwards. */
  nowMs = 0;
  /** The same in whole seconds: the coarse time marks of unsettled deliveries. */
  nowSeconds = 0;

  set(now: number): void {
    this.nowMs = now;
    this.nowSeconds = (now / 1000) | 0;
  }
}
