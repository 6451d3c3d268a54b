// The id of a router whose configuration has none, in Dispatch's form: `Standalone_` and 15 characters by chance.
import { randomBytes } from 'node:crypto';
import type { Configuration, RouterMode } from '../schema/configuration.ts';

const prefixes: Record<RouterMode, string> = { standalone: 'Standalone_', interior: 'Interior_', edge: 'Edge_' };
// 11 random bytes are 15 characters of 64; `+` and `_` stand for base64's own two, which are no part of names.
const randomByteCount = 11;

export function makeRouterId(mode: RouterMode): string {
  const random = randomBytes(randomByteCount).toString('base64url').replaceAll('-', '+');
  return prefixes[mode] + random;
}

/** The configuration with `id` where none is configured. */
export function withRouterId(configuration: Configuration, id: string): Configuration {
  const { router } = configuration;
  if (router.id !== '') return configuration;
  const identity = `router/${id}`;
  const name = router.name === router.identity ? identity : router.name;
  return { ...configuration, router: { ...router, id, identity, name } };
}
