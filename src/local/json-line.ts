// The figures for programs: one JSON object a line.
import type { Percentiles } from './latency-window.ts';
import {
  type ApplicationFigures,
  type ChannelFigures,
  type Loss,
  outcomesOf,
  type RouterFigures,
  type Snapshot,
} from './snapshot.ts';

/**
 * `{"uptimeSeconds", "routers": [{"name", "cloud", "kind", "state", "url", "pid", "deliveriesPerSecond", "uptimeSeconds"}],
 * "events": [{"killed", "atSeconds", "resumedAfterMs", "modified", "released", "backAfterSeconds"}], "channels": [{"name", "distribution", "published", "publishedPerSecond",
 * "delivered", "deliveredPerSecond", "unsettled", "outcomes", "latencyMs", "publishers", "consumers"}], "problems", "isFinal"}`
 * without the newline. Rates are of the last five seconds, latencies of the last ten.
 */
export function jsonLine(snapshot: Snapshot, isFinal: boolean): string {
  const { uptimeSeconds, routers, losses, channels, problems } = snapshot;
  return JSON.stringify({
    uptimeSeconds: rounded(uptimeSeconds),
    routers: routers.map(routerObject),
    events: losses.map(eventObject),
    channels: channels.map(channelObject),
    problems,
    isFinal,
  });
}

function routerObject({ router, state, url, pid, deliveriesPerSecond, uptimeSeconds }: RouterFigures): object {
  const { name, cloud, kind } = router;
  const figures = { deliveriesPerSecond: rounded(deliveriesPerSecond), uptimeSeconds: rounded(uptimeSeconds) };
  return { name, cloud, kind, state, url, pid, ...figures };
}

/** What is not known yet is null. */
function eventObject({ router, atSeconds, resumedAfterMs, modified, released, backAfterSeconds }: Loss): object {
  return {
    killed: router,
    atSeconds: rounded(atSeconds),
    resumedAfterMs: resumedAfterMs === null ? null : rounded(resumedAfterMs),
    modified,
    released,
    backAfterSeconds: backAfterSeconds === null ? null : rounded(backAfterSeconds),
  };
}

function channelObject(figures: ChannelFigures): object {
  return {
    name: figures.channel.name,
    distribution: figures.channel.distribution,
    published: figures.published,
    publishedPerSecond: rounded(figures.publishedPerSecond),
    delivered: figures.delivered,
    deliveredPerSecond: rounded(figures.deliveredPerSecond),
    unsettled: figures.unsettled,
    outcomes: outcomesOf(figures),
    latencyMs: latencyObject(figures.latencyMs),
    publishers: figures.publishers.map((one) => ({
      ...applicationObject(one),
      sent: one.counts.sent,
      sentPerSecond: rounded(one.sentPerSecond),
      ...(one.counts.received > 0 ? { answers: one.counts.received, roundTripMs: latencyObject(one.latencyMs) } : {}),
    })),
    consumers: figures.consumers.map((one) => ({
      ...applicationObject(one),
      received: one.counts.received,
      receivedPerSecond: rounded(one.receivedPerSecond),
      latencyMs: latencyObject(one.latencyMs),
    })),
  };
}

function applicationObject({ application }: ApplicationFigures): object {
  return { name: application.name, cloud: application.cloud };
}

function latencyObject(latency: Percentiles | null): object | null {
  return latency === null ? null : { p50: rounded(latency.p50, 1000), p99: rounded(latency.p99, 1000) };
}

function rounded(value: number, steps = 10): number {
  return Math.round(value * steps) / steps;
}
