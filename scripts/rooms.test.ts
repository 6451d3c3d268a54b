import { cruise } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTypeScript from 'dependency-cruiser/config-utl/extract-ts-config';
import { expect, test } from 'vitest';

test('a room imports only what its row names', async () => {
  const rules = await extractConfig('./.dependency-cruiser.cjs');
  const { output } = await cruise(
    ['src'],
    { ruleSet: rules, validate: true, tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
    {},
    { tsConfig: extractTypeScript('./tsconfig.json') },
  );
  if (typeof output === 'string') throw new Error('expected a result object');
  // A cruiser that looked at nothing reports no violation either.
  expect(output.summary.totalCruised).toBeGreaterThan(10);
  expect(
    output.modules.some((module) => module.source.startsWith('src/kit/') && module.dependencies !== undefined),
  ).toBe(true);
  expect(output.summary.violations.map((one) => `${one.from} → ${one.to}: ${one.rule.name}`)).toEqual([]);
});
