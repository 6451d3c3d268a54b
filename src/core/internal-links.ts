// The links of the router's connection to itself (its management). What they carry is no traffic of the router: it is counted with the rest
// on the way, and taken off when somebody asks for the figures.
import type { Consumer } from './consumer.ts';
import type { Counters } from './counters.ts';
import type { Producer } from './producer.ts';

export class InternalLinks {
  readonly #counters: Counters;
  readonly #producers = new Set<Producer>();
  readonly #consumers = new Set<Consumer>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  addProducer(producer: Producer): void {
    this.#producers.add(producer);
  }

  addConsumer(consumer: Consumer): void {
    this.#consumers.add(consumer);
  }

  removeProducer(producer: Producer): void {
    if (!this.#producers.delete(producer)) return;
    this.#counters.ingress -= producer.link.deliveries;
    this.#counters.presettled -= producer.link.presettled;
    this.#counters.droppedPresettled -= producer.droppedPresettled;
  }

  removeConsumer(consumer: Consumer): void {
    if (this.#consumers.delete(consumer)) this.#counters.egress -= consumer.link.deliveries;
  }

  /** Ends of links. */
  get count(): number {
    return this.#producers.size + this.#consumers.size;
  }

  /** What {@link Counters} says too much. */
  get traffic() {
    const sum = { ingress: 0, egress: 0, presettled: 0, droppedPresettled: 0 };
    for (const { link, droppedPresettled } of this.#producers) {
      sum.ingress += link.deliveries;
      sum.presettled += link.presettled;
      sum.droppedPresettled += droppedPresettled;
    }
    for (const { link } of this.#consumers) sum.egress += link.deliveries;
    return sum;
  }
}
