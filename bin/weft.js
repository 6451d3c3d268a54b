#!/usr/bin/env node
// The command `weft`: loads the built CLI into this very process.
import { existsSync } from 'node:fs';

const built = new URL('../dist/src/cli/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('weft: not built yet: run `npm run build` first\n');
  process.exit(2);
}
await import(built.href);
