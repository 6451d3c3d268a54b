import type { Target } from '../target.ts';
export function routerTarget(): Target {
  throw new Error('not yet');
}
