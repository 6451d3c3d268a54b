// What `weft stat` prints of one router: text, CSV or JSON.
import { type ManagementNode, typePrefix } from '../../management/client/management-node.ts';
import { tableCsv, tableText } from './table.ts';
import type { Facts, Shown, View } from './view.ts';

export interface ReportOptions {
  readonly views: readonly View[];
  readonly isVerbose: boolean;
  readonly limit: number;
  readonly format: 'text' | 'csv' | 'json';
  /** Time and router stand above it. */
  readonly hasHead: boolean;
  /** A blank line stands behind each view. */
  readonly isSpaced: boolean;
}

/** Throws ManagementError. */
export async function makeReport(node: ManagementNode, options: ReportOptions): Promise<string> {
  const { views, limit, format } = options;
  const all: Facts[] = [];
  for (const view of views) all.push(await view.ask(node, { limit }));
  if (format === 'json') return `${JSON.stringify(await jsonOf(node, all), bigintsAsNumbers)}\n`;
  const pieces = options.hasHead && views[0]?.isBare !== true ? [await headOf(node)] : [];
  for (const [index, view] of views.entries()) {
    const text = view.show(all[index] as Facts, options.isVerbose).map((one) => textOf(one, format));
    pieces.push(...text, ...(options.isSpaced ? ['\n'] : []));
  }
  return pieces.join('');
}

async function headOf(node: ManagementNode): Promise<string> {
  return `${timeLine()}${await routerIdOf(node)}\n\n`;
}

export async function routerIdOf(node: ManagementNode): Promise<string> {
  const [router] = await node.query(`${typePrefix}router`);
  return String(router?.['id'] ?? '');
}

/** `2026-11-22 21:28:42.123456 UTC` */
export function timeLine(): string {
  const now = performance.timeOrigin + performance.now();
  const microseconds = String(Math.floor((now % 1) * 1000)).padStart(3, '0');
  return `${new Date(now).toISOString().replace('T', ' ').replace('Z', microseconds)} UTC\n`;
}

function textOf(shown: Shown, format: 'text' | 'csv'): string {
  if (typeof shown === 'string') return `${shown}\n`;
  return format === 'csv' ? tableCsv(shown) : tableText(shown);
}

async function jsonOf(node: ManagementNode, all: readonly Facts[]): Promise<object> {
  return { routerId: await routerIdOf(node), at: new Date().toISOString(), ...Object.assign({}, ...all) };
}

function bigintsAsNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
