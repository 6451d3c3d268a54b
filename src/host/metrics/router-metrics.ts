// Weft's own metrics of the router: what stands behind `weft_`.
import {
  AddressSum,
  LinkSum,
  othersName,
  type RouterFigures,
  type SurveyFigures,
  type TimesFigures,
} from '../hosted-router.ts';
import { byLabel, counter, gauge, histogramSamples, type Metric, type Sample } from './metric.ts';

export function routerMetrics(figures: RouterFigures, survey: SurveyFigures): Metric[] {
  return [
    gauge('weft_build_info', 'The version that runs, and what this router is; always 1', [
      { labels: { version: figures.version, router: figures.id, mode: figures.mode }, value: 1 },
    ]),
    gauge('weft_uptime_seconds', 'Since this router was started', figures.uptimeSeconds),
    gauge('weft_connections', 'Open connections, by role', byLabel('role', Object.entries(figures.connections))),
    ...deliveryMetrics(figures),
    ...meshMetrics(figures),
    ...addressMetrics(survey),
    ...containerMetrics(survey),
  ];
}

function deliveryMetrics({ dropped, overloaded, settleTimes, backlogBytes, orphanBytes }: RouterFigures): Metric[] {
  const causes: [string, number][] = [
    ['no_consumer', dropped.noConsumer],
    ['refused', dropped.refused],
    ['overload', dropped.overload],
    ['slow_consumer', dropped.slowConsumer],
    ['interrupted', dropped.interrupted],
  ];
  return [
    counter(
      'weft_deliveries_dropped_total',
      'Settled deliveries that were lost here, by cause',
      byLabel('cause', causes),
    ),
    counter(
      'weft_deliveries_overloaded_total',
      'Deliveries from other routers that were released or dropped because too much from there waited already',
      overloaded,
    ),
    {
      name: 'weft_settle_seconds',
      help: 'Time from sending a delivery until its receiver settled it, to a client or another router; true to a millisecond',
      type: 'histogram',
      samples: [...timesSamples('client', settleTimes.clients), ...timesSamples('router', settleTimes.routers)],
    },
    gauge(
      'weft_backlog_bytes',
      'Bytes of deliveries from another router that wait here for their consumers',
      byLabel('router', backlogBytes),
    ),
    gauge('weft_orphan_bytes', 'Bytes of settled deliveries that wait here though their sender is gone', orphanBytes),
  ];
}

function timesSamples(to: string, { boundsMs, counts, sumMs }: TimesFigures): Sample[] {
  const bounds = boundsMs.map((bound) => bound / 1000);
  return histogramSamples({ to }, bounds, counts, sumMs / 1000);
}

function meshMetrics({ neighbours, connectors, nodes }: RouterFigures): Metric[] {
  const reachable = nodes.filter(({ nextHop }) => nextHop !== '');
  return [
    gauge('weft_neighbours', 'Other routers that are connected to this one and take part in the mesh', neighbours),
    gauge(
      'weft_connector_up',
      'Whether the connection of a connector is open',
      connectors.map(({ name, role, isUp }) => ({ labels: { connector: name, role }, value: isUp ? 1 : 0 })),
    ),
    gauge(
      'weft_router_reachable',
      'Whether there is a way to another router',
      nodes.map(({ id, nextHop }) => ({ labels: { router: id }, value: nextHop === '' ? 0 : 1 })),
    ),
    gauge(
      'weft_router_cost',
      'Cost of the way to another router, with the neighbour that is next on it',
      reachable.map(({ id, nextHop, cost }) => ({ labels: { router: id, next_hop: nextHop }, value: cost })),
    ),
  ];
}

const outcomes = ['accepted', 'rejected', 'released', 'modified'] as const;

function addressMetrics({ addresses }: SurveyFigures): Metric[] {
  const deliveries: Sample[] = [];
  const told: Sample[] = [];
  for (const { address, phase, sums } of addresses) {
    const labels = { address: address ?? othersName, phase: String(phase) };
    const at = (index: number): number => sums[index] as number;
    for (const [direction, index] of [
      ['in', AddressSum.ingress],
      ['out', AddressSum.egress],
      ['through', AddressSum.transit],
    ] as const)
      deliveries.push({ labels: { ...labels, direction }, value: at(index) });
    outcomes.forEach((outcome, index) => {
      told.push({ labels: { ...labels, side: 'sender', outcome }, value: at(AddressSum.inAccepted + index) });
      told.push({ labels: { ...labels, side: 'consumer', outcome }, value: at(AddressSum.outAccepted + index) });
    });
  }
  return [
    counter(
      'weft_address_deliveries_total',
      'Deliveries of an address: in from clients, out to clients, through between routers; _other is all addresses without a line',
      deliveries,
    ),
    counter(
      'weft_address_outcomes_total',
      'Outcomes of an address: those that its senders here were told, those that its consumers here gave',
      told,
    ),
  ];
}

function containerMetrics({ containers }: SurveyFigures): Metric[] {
  const kinds = [
    [
      'deliveries',
      'Deliveries on the links of a container: in is what it sends, out what it receives',
      LinkSum.deliveries,
    ],
    ['presettled', 'Of them, those that went settled', LinkSum.presettled],
  ] as const;
  const sample = (value: (figures: SurveyFigures['containers'][number]) => number): Sample[] =>
    containers.map((figures) => ({
      labels: { container: figures.container ?? othersName, direction: figures.direction },
      value: value(figures),
    }));
  const live = containers.filter(({ container }) => container !== null);
  const liveSample = (value: (figures: SurveyFigures['containers'][number]) => number): Sample[] =>
    live.map((figures) => ({
      labels: { container: figures.container as string, direction: figures.direction },
      value: value(figures),
    }));
  return [
    ...kinds.map(([name, help, index]) =>
      counter(
        `weft_link_${name}_total`,
        help,
        sample(({ sums }) => sums[index] as number),
      ),
    ),
    counter(
      'weft_link_outcomes_total',
      'Outcomes on the links of a container',
      outcomes.flatMap((outcome, index) =>
        sample(({ sums }) => sums[LinkSum.accepted + index] as number).map(({ labels, value }) => ({
          labels: { ...labels, outcome },
          value,
        })),
      ),
    ),
    counter(
      'weft_link_zero_credit_seconds_total',
      'Time in which links had no credit, summed over the links of a container',
      sample(({ sums }) => (sums[LinkSum.zeroCreditMs] as number) / 1000),
    ),
    gauge(
      'weft_links',
      'Links of a container',
      liveSample(({ links }) => links),
    ),
    gauge(
      'weft_link_credit',
      'Deliveries that may still be sent on the links of a container',
      liveSample(({ credit }) => credit),
    ),
    gauge(
      'weft_link_unsettled',
      'Deliveries on the links of a container whose outcome is open',
      liveSample(({ unsettled }) => unsettled),
    ),
  ];
}
