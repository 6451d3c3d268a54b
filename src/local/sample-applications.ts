// The applications that `npm start` runs: which program, where, on which channel. The programs lie in examples/.

export type Cloud = 'north' | 'south';

export interface SampleApplication {
  readonly name: string;
  readonly channel: string;
  /** It connects to the edge router of this cloud. */
  readonly cloud: Cloud;
  readonly role: 'publishes' | 'consumes';
  /** Sent pre-settled: there are no outcomes. */
  readonly isPresettled?: boolean;
  /** Below examples/. */
  readonly program: string;
  readonly options?: Readonly<Record<string, string | number>>;
}

export interface SampleChannel {
  readonly name: string;
  readonly distribution: 'balanced' | 'closest' | 'multicast';
}

/** Configured alike on every router, and in examples/router.conf. */
export const sampleChannels: readonly SampleChannel[] = [
  { name: 'orders', distribution: 'balanced' },
  { name: 'invoices', distribution: 'closest' },
  { name: 'telemetry', distribution: 'multicast' },
  { name: 'prices', distribution: 'closest' },
];

const packing = { channel: 'orders', role: 'consumes', program: 'orders/consumer.js' } as const;
const subscriber = { channel: 'telemetry', role: 'consumes', program: 'telemetry/subscriber.js' } as const;

/** Within a channel publishers come first. */
export const sampleApplications: readonly SampleApplication[] = [
  { name: 'shop', channel: 'orders', cloud: 'north', role: 'publishes', program: 'orders/publisher.js' },
  { ...packing, name: 'packing-1', cloud: 'north' },
  { ...packing, name: 'packing-2', cloud: 'south' },
  { ...packing, name: 'packing-slow', cloud: 'south', options: { workMs: 50 } },
  {
    ...{ name: 'billing', channel: 'invoices', cloud: 'north', role: 'publishes' },
    ...{ program: 'invoices/publisher.js', options: { rate: 100 } },
  },
  { name: 'ledger', channel: 'invoices', cloud: 'south', role: 'consumes', program: 'invoices/consumer.js' },
  {
    ...{ name: 'sensor', channel: 'telemetry', cloud: 'south', role: 'publishes', isPresettled: true },
    program: 'telemetry/publisher.js',
  },
  { ...subscriber, name: 'dashboard', cloud: 'north' },
  { ...subscriber, name: 'alarms', cloud: 'north' },
  { ...subscriber, name: 'archive', cloud: 'south' },
  {
    ...{ name: 'tills', channel: 'prices', cloud: 'south', role: 'publishes' },
    ...{ program: 'prices/client.js', options: { rate: 100 } },
  },
  { name: 'quotes', channel: 'prices', cloud: 'north', role: 'consumes', program: 'prices/service.js' },
];
