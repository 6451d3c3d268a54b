import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src', 'scripts', 'bench', 'fuzz', 'interop'].map((folder) => `${folder}/**/*.test.ts`),
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
