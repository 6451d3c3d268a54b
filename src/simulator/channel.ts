// The addresses of a run, and how each of them is to be distributed.

export type ChannelDistribution = 'closest' | 'balanced' | 'multicast' | 'unavailable';

export interface Channel {
  readonly name: string;
  readonly distribution: ChannelDistribution;
  /** Every router has it for itself. */
  readonly isLocal: boolean;
  /** Ways to write its address that mean the same. */
  readonly forms: readonly string[];
}

export class Channels {
  readonly #byForm = new Map<string, Channel>();
  readonly all: Channel[] = [];

  add(name: string, distribution: ChannelDistribution): Channel {
    const forms = name.startsWith('_')
      ? [name, `/${name}`]
      : [name, `/${name}`, `amqp:/${name}`, `amqp://any.host:5672/${name}`];
    const channel = { name, distribution, isLocal: name.startsWith('_local/'), forms };
    this.all.push(channel);
    for (const form of forms) this.#byForm.set(form, channel);
    return channel;
  }

  /** The channel of an address; one that nobody named before (a reply address) is anycast. */
  of(address: string): Channel {
    const known = this.#byForm.get(address);
    if (known !== undefined) return known;
    const channel: Channel = { name: address, distribution: 'balanced', isLocal: false, forms: [address] };
    this.#byForm.set(address, channel);
    return channel;
  }
}
