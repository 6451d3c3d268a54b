// What we ask another router for, and go on asking until it has answered. Two of a kind: its link state (LSR → LSU) and its
// addresses (MAR → MAU).
//
//   held 3, advertised 3   nothing to ask          held 3, advertised 5   ask, then wait one tick, ask again …
//
// Nobody repeats a request or an answer that was lost on the way: it is lost, for one, when the other router has no path to us
// yet. So a request counts only when the answer is there.

export class Inquiry {
  /** Sequence of what we hold; 0 when we hold nothing. */
  held = 0;
  /** The highest sequence that the other router was heard to have. */
  advertised = 0;
  /** Ask even though nothing newer is known of. */
  isWanted = true;
  /** What there is to know is coming without being asked for. */
  isExpected = false;
  /** What was advertised when we last asked, -1 when we may ask (again) at once. */
  #askedFor = -1;

  /** Whether there is something that we do not hold yet. */
  get isOpen(): boolean {
    return this.isWanted || this.held < this.advertised;
  }

  /** Whether a request should go out now. */
  get isDue(): boolean {
    return this.isOpen && !this.isExpected && this.#askedFor < this.advertised;
  }

  /** Whether something is lacking that does not come by itself. */
  get isLacking(): boolean {
    return this.isOpen && !this.isExpected;
  }

  /** Whether a request is out, and news are known to exist that only its answer brings. */
  get isOutstanding(): boolean {
    return this.held < this.advertised && this.#askedFor >= 0;
  }

  want(): void {
    this.isWanted = true;
    this.isExpected = false;
    this.#askedFor = -1;
  }

  /** Gives whether it is waited for: not if it is there, or if its news were lost on the way. */
  expect(): boolean {
    this.isExpected = this.isWanted && this.held >= this.advertised;
    return this.isExpected;
  }

  noteAdvertised(sequence: number): void {
    if (sequence > this.advertised) this.advertised = sequence;
    if (sequence > this.held) this.isExpected = false;
  }

  noteAsked(): void {
    this.#askedFor = this.advertised;
  }

  noteHeld(sequence: number): void {
    this.held = sequence;
    this.isWanted = false;
    this.isExpected = false;
  }

  /** A tick has passed: what was not answered may be asked again. */
  tick(): void {
    this.#askedFor = -1;
  }

  /** What we hold is too old to be used. The other router is not asked for it: it must speak up first. */
  expire(): void {
    this.held = 0;
    this.advertised = 0;
    this.isWanted = false;
  }

  /** The other router has started anew. */
  reset(): void {
    this.held = 0;
    this.advertised = 0;
    this.want();
  }
}
