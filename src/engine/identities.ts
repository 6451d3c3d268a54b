// One counter for all that management names by a number: connections and links of a router.

export class Identities {
  #last = 0;

  take(): number {
    return ++this.#last;
  }
}
