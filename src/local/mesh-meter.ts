// What the routers report → figures of the mesh. Routers count from zero when they start anew; here it goes on.
import type { Mesh } from '../mesh/model/mesh.ts';
import { routerLinksOf } from '../mesh/topology/router-links.ts';
import type { ChannelRates, LinkFigures } from './mesh-figures.ts';
import { RateWindow } from './rate-window.ts';
import type { ChannelReport, RouterReport } from './router-report.ts';

class ChannelMeter {
  readonly #in = { total: 0, rate: new RateWindow() };
  readonly #out = { total: 0, rate: new RateWindow() };
  /** By router, its last report. */
  readonly #reports = new Map<string, ChannelReport>();

  add(router: string, report: ChannelReport, nowMs: number): void {
    const last = this.#reports.get(router);
    this.look(nowMs); // the rate before this
    this.#in.total += report.in - (last?.in ?? 0);
    this.#out.total += report.out - (last?.out ?? 0);
    this.#reports.set(router, report);
    this.look(nowMs);
  }

  forget(router: string): void {
    this.#reports.delete(router);
  }

  look(nowMs: number): void {
    for (const { rate, total } of [this.#in, this.#out]) rate.add(total, nowMs);
  }

  get rates(): Omit<ChannelRates, 'name' | 'distribution'> {
    let consumers = 0;
    for (const report of this.#reports.values()) consumers += report.consumers;
    return { inPerSecond: this.#in.rate.perSecond, outPerSecond: this.#out.rate.perSecond, consumers };
  }
}

const silent = { inPerSecond: 0, outPerSecond: 0, consumers: 0 } as const;

export class MeshMeter {
  /** Of the channels that ever had traffic. */
  readonly #channels = new Map<string, ChannelMeter>();

  handleReport(router: string, { channels }: RouterReport, nowMs: number): void {
    for (const report of channels) {
      let meter = this.#channels.get(report.name);
      if (meter === undefined) this.#channels.set(report.name, (meter = new ChannelMeter()));
      meter.add(router, report, nowMs);
    }
  }

  /** It counts from zero next time, and nobody consumes there now. */
  handleEnd(router: string): void {
    for (const meter of this.#channels.values()) meter.forget(router);
  }

  ratesOf(mesh: Mesh, nowMs: number): ChannelRates[] {
    return [...mesh.channels.values()].map(({ name, distribution }) => {
      const meter = this.#channels.get(name);
      meter?.look(nowMs);
      return { name, distribution, ...(meter?.rates ?? silent) };
    });
  }
}

/** `reportOf`: the last one of a router; null while it is not up. */
export function linkFiguresOf(mesh: Mesh, reportOf: (router: string) => RouterReport | null): LinkFigures[] {
  const stateOf = (from: string, to: string): LinkFigures['state'] => {
    if (reportOf(to) === null) return 'down'; // the one that dials may not have noticed yet
    return reportOf(from)?.links.find((link) => link.to === to)?.state ?? 'down';
  };
  const uplinks = [...mesh.routers.values()].flatMap(({ id, mode, uplinks }) =>
    mode === 'edge' ? uplinks.map((to) => ({ from: id, to, cost: null, state: stateOf(id, to) })) : [],
  );
  return [
    ...routerLinksOf(mesh).map(({ from, to, cost }) => ({ from, to, cost, state: stateOf(from, to) })),
    ...uplinks,
  ];
}
