import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src', 'scripts', 'bench', 'fuzz', 'interop'].map((folder) => `${folder}/**/*.test.ts`),
    // Left alone, vitest keeps one processor to itself.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
