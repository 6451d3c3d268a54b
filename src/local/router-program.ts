// One router of a mesh, in a process of its own. It runs what `weft router -c FILE` runs, and besides talks with its parent
// (router-report.ts), and ends with it: also when the parent is killed and cannot say so.
//
//   node router-program.js FILE VERSION
import { monotonicMs } from '../host/clock.ts';
import { readConfigurationFile } from '../host/configuration-file.ts';
import { WeftError } from '../host/errors.ts';
import type { NodeRouter } from '../host/node-router.ts';
import { reloadFile } from '../host/router-process.ts';
import { startRouter } from '../host/start-router.ts';
import { ChannelTable } from '../mesh/model/channel-table.ts';
import { limits } from './limits.ts';
import type { ChannelReport, CountedChannel, RouterAnswer, RouterReport, RouterRequest } from './router-report.ts';

class RouterProgram {
  readonly #node: NodeRouter;
  readonly #file: string;
  #totals: () => ReadonlyMap<string, Omit<ChannelReport, 'name'>> = () => new Map();
  /** By channel, what was told last. */
  readonly #told = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;

  constructor(node: NodeRouter, file: string) {
    this.#node = node;
    this.#file = file;
    process.on('message', (request: RouterRequest) => void this.#handle(request));
    this.#timer = setInterval(() => this.#tell(this.#report()), limits.reportMs);
    this.#tell(this.#report());
  }

  async ended(): Promise<void> {
    await this.#node.ended;
    await this.#node.log.close();
    clearInterval(this.#timer);
  }

  async #handle(request: RouterRequest): Promise<void> {
    if (request.kind === 'stop') void this.#node.stop();
    else if (request.kind === 'channels') this.#count(request.channels);
    else if (request.kind === 'connections') this.#tell(this.#connections(request.openForMs));
    else this.#tell(await this.#reload());
  }

  #tell(answer: RouterAnswer): void {
    if (process.connected) process.send?.(answer);
  }

  #count(channels: readonly CountedChannel[]): void {
    const named = channels.map(
      ({ name, address, isPrefix }) => [address, { name: address, isPrefix, told: name }] as const,
    );
    const table = new ChannelTable(new Map(named));
    const traffic = this.#node.monitor.clientTraffic((address) => table.find(address)?.told ?? null);
    this.#totals = () => traffic.totals();
  }

  #report(): RouterReport {
    const { monitor } = this.#node;
    const { deliveries, connections, connectors } = monitor.figures();
    return {
      kind: 'report',
      deliveries: deliveries.ingress + deliveries.egress + deliveries.transit,
      applications: connections.normal,
      isReady: monitor.readiness(false).length === 0,
      links: connectors.map(({ name, isUp, isStandby }) => ({
        to: name,
        state: isStandby ? 'standby' : isUp ? 'up' : 'down',
      })),
      channels: this.#changedChannels(),
    };
  }

  #changedChannels(): ChannelReport[] {
    const changed: ChannelReport[] = [];
    for (const [name, traffic] of this.#totals()) {
      const text = `${traffic.in} ${traffic.out} ${traffic.consumers}`;
      if (this.#told.get(name) === text) continue;
      this.#told.set(name, text);
      if (changed.push({ name, ...traffic }) === limits.reportedChannelsMax) break;
    }
    return changed;
  }

  #connections(openForMs: number): RouterAnswer {
    const now = monotonicMs();
    const older = this.#node.monitor.connectionsBefore(now - openForMs);
    const connections = older.slice(0, limits.namedConnectionsMax).map(({ peer, user, role, openedAtMs }) => ({
      peer: role === 'normal' ? user || peer : peer,
      role,
      openForMs: now - openedAtMs,
    }));
    return { kind: 'connections', connections, count: older.length };
  }

  async #reload(): Promise<RouterAnswer> {
    try {
      return { kind: 'reloaded', lines: await reloadFile(this.#node, this.#file, 'A changed mesh'), failure: '' };
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      return { kind: 'reloaded', lines: [], failure: error.message };
    }
  }
}

async function main(file: string, version: string): Promise<void> {
  const { configuration, warnings, file: saved } = await readConfigurationFile(file);
  const node = await startRouter(configuration, { version, warnings });
  if (saved !== null) node.file = saved;
  await new RouterProgram(node, file).ended();
}

// Who ends a mesh often signals all its processes; but applications stop first, and our parent says when we are to.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit(1));
const [file = '', version = ''] = process.argv.slice(2);
try {
  await main(file, version);
  process.exit(0);
} catch (error) {
  const told = error instanceof WeftError ? `${error.message}\n${error.remedy}` : (error as Error).stack;
  process.stderr.write(`${told?.trimEnd()}\n`);
  process.exit(1);
}
