// The figures for programs: one JSON object a line. docs/guide/up.md tells its shape to users.
import type { RunEvent } from '../event-log.ts';
import type { Percentiles } from '../latency-window.ts';
import type { LinkFigures, RouterFigures } from '../mesh-figures.ts';
import type { Loss } from '../router-loss.ts';
import type { ChannelTraffic, UseFigures } from '../traffic/figures.ts';
import type { Snapshot } from './snapshot.ts';

/** Without the newline. `events`: those since the line before. Rates are of the last five seconds, latencies of the last ten. */
export function jsonLine(snapshot: Snapshot, events: readonly RunEvent[], isFinal: boolean): string {
  const { mesh, uptimeSeconds, folder, figures, traffic, losses, problems } = snapshot;
  const { routers, links, channels } = figures;
  return JSON.stringify({
    mesh,
    uptimeSeconds: rounded(uptimeSeconds),
    folder,
    routers: routers.map(routerObject),
    links: links.map(({ from, to, cost, state }: LinkFigures) => ({ from, to, cost, state })),
    channels: channels.map(({ name, distribution, inPerSecond, outPerSecond, consumers }) => {
      return { name, distribution, inPerSecond: rounded(inPerSecond), outPerSecond: rounded(outPerSecond), consumers };
    }),
    traffic: traffic && {
      applications: traffic.applications,
      leftOut: traffic.leftOut,
      rateShare: rounded(traffic.rateShare, 1000),
      channels: traffic.channels.map(channelObject),
    },
    losses: losses.map(lossObject),
    events: events.map(({ atSeconds, text }) => ({ atSeconds: rounded(atSeconds), text })),
    problems,
    isFinal,
  });
}

function routerObject(router: RouterFigures): object {
  const { deliveriesPerSecond, uptimeSeconds } = router;
  return { ...router, deliveriesPerSecond: rounded(deliveriesPerSecond), uptimeSeconds: rounded(uptimeSeconds) };
}

/** What is not known yet is null. */
function lossObject(loss: Loss): object {
  const { atSeconds, resumedAfterMs, backAfterSeconds } = loss;
  return {
    ...loss,
    atSeconds: rounded(atSeconds),
    resumedAfterMs: resumedAfterMs === null ? null : rounded(resumedAfterMs),
    backAfterSeconds: backAfterSeconds === null ? null : rounded(backAfterSeconds),
  };
}

function channelObject(channel: ChannelTraffic): object {
  const { name, distribution, published, publishedPerSecond, delivered, deliveredPerSecond, latencyMs } = channel;
  return {
    ...{ name, distribution, published, delivered },
    publishedPerSecond: rounded(publishedPerSecond),
    deliveredPerSecond: rounded(deliveredPerSecond),
    unsettled: channel.unsettled,
    outcomes: channel.outcomes,
    latencyMs: latencyObject(latencyMs),
    publishers: channel.publishers.map((one) => ({
      ...placeObject(one),
      sent: one.counts.sent,
      sentPerSecond: rounded(one.sentPerSecond),
      ...(one.counts.received > 0 ? { answers: one.counts.received, roundTripMs: latencyObject(one.latencyMs) } : {}),
    })),
    consumers: channel.consumers.map((one) => ({
      ...placeObject(one),
      received: one.counts.received,
      receivedPerSecond: rounded(one.receivedPerSecond),
      latencyMs: latencyObject(one.latencyMs),
    })),
  };
}

function placeObject({ application, environment, router }: UseFigures): object {
  return { application, environment, router };
}

function latencyObject(latency: Percentiles | null): object | null {
  return latency === null ? null : { p50: rounded(latency.p50, 1000), p99: rounded(latency.p99, 1000) };
}

function rounded(value: number, steps = 10): number {
  return Math.round(value * steps) / steps;
}
