// What a running router tells of its configuration and of who is attached to it, and what a rendered one would tell.
import type { MeshRouter } from '../model/mesh.ts';
import type { RouterSections } from '../render/router-sections.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Table = 'listener' | 'connector' | 'address' | 'vhost' | 'sslProfile' | 'policy';

/** A link of an application. */
export interface RunningLink {
  readonly user: string;
  readonly address: string;
  readonly isSender: boolean;
}

export interface RunningRouter {
  readonly id: string;
  readonly mode: string;
  /** Null: it does not show this table. */
  readonly tables: Readonly<Record<Table, readonly Row[] | null>>;
  readonly links: readonly RunningLink[] | null;
}

/** A router that runs, beside what would be rendered for it. */
export interface ComparedRouter {
  readonly router: MeshRouter;
  readonly running: RunningRouter;
  /** As the tables of a router that runs it; addresses are those of the mesh's channels. */
  readonly rendered: Readonly<Record<Exclude<Table, 'address'>, readonly Row[]>>;
}

export function comparedRouter(router: MeshRouter, running: RunningRouter, sections: RouterSections): ComparedRouter {
  const all = sections.of(router);
  const rows = (name: Table): Row[] => all.filter((one) => one.name === name).map(({ attributes }) => attributes);
  const rendered = {
    listener: rows('listener'),
    connector: rows('connector'),
    vhost: rows('vhost'),
    sslProfile: rows('sslProfile'),
    policy: rows('policy'),
  };
  return { router, running, rendered };
}

export const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** Texts with commas, or lists. */
export function listOf(value: unknown): string[] {
  const items = Array.isArray(value) ? value.map(textOf) : textOf(value).split(',');
  return items.map((item) => item.trim()).filter((item) => item !== '');
}
