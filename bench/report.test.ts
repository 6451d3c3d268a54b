import { expect, test } from 'vitest';
import type { Environment, Sample, TargetName, TrafficSample } from './figures.ts';
import { goals, isMet } from './goals.ts';
import { composeReport, formatNumber } from './report.ts';
import { saturationScenario, scenarios, steadyScenario } from './scenarios.ts';

const environment: Environment = {
  ...{
    date: '2026-01-02',
    commit: 'abc1234',
    cpu: 'Some CPU',
    cores: 2,
    memoryGiB: 16,
    system: 'Linux 6.1',
    node: 'v20.20.2',
    loadAverage: 0.2,
  },
  ...{ router: 'node router {port}', peer: null, rounds: 3, secondsPerRun: 2.5, quick: false },
};

const traffic = (
  scenario: string,
  target: TargetName,
  round: number,
  figures: Partial<TrafficSample>,
): TrafficSample => ({
  ...{ kind: 'traffic', scenario, target, round, messages: 1000, rate: 1000, cpuPerMillion: 1, loadCpuPerMillion: 0.2 },
  ...{ p50: 10, p99: 20, p999: 30 },
  ...figures,
});

/** Three rounds in which everything is a little worse than in the round before. */
const samples: Sample[] = [1, 2, 3].flatMap((round): Sample[] => [
  traffic(saturationScenario, 'weft', round, { rate: 1_300_000 - round * 100_000, cpuPerMillion: 0.5 + round / 10 }),
  traffic(saturationScenario, 'relay', round, { cpuPerMillion: 0.4 }),
  traffic(steadyScenario, 'weft', round, { cpuPerMillion: 30, p99: 300 + round }),
  traffic(steadyScenario, 'relay', round, { cpuPerMillion: 10, p99: 400 + round }),
  {
    kind: 'idle',
    scenario: 'idle',
    target: 'weft',
    round,
    connections: 5000,
    bytesPerConnection: 12_000 + round * 1000,
  },
]);

test('numbers keep three digits and have their thousands separated', () => {
  expect([0.1234, 1.005, 12.34, 123.4, 1234.5, 1234567].map(formatNumber)).toEqual([
    ...['0.12', '1.00', '12.3', '123', '1,235', '1,234,567'],
  ]);
});

test('goals compare weft and relay inside each round, and the median round decides', () => {
  const [cpu, rate, steadyCpu, latency, idle] = goals(samples);
  expect(cpu!.figure!.median).toBeCloseTo(0.7 / 0.4);
  expect(rate!.figure).toEqual({ median: 1.1, min: 1, max: 1.2 });
  expect(steadyCpu!.figure!.median).toBe(3);
  // p99 of 302 µs, of which the relay would take 100: 0.202 ms above it.
  expect(latency!.figure!.median).toBeCloseTo(0.202);
  expect(idle!.figure!.median).toBe(14);
  expect([cpu, rate, steadyCpu, latency, idle].map((goal) => isMet(goal!))).toEqual([true, true, false, true, true]);
});

test('a goal at exactly its limit is met, and one without figures is neither met nor missed', () => {
  const one = (bytesPerConnection: number) =>
    goals([{ kind: 'idle', scenario: 'idle', target: 'weft', round: 1, connections: 5000, bytesPerConnection }]);
  expect(isMet(one(15_000)[4]!)).toBe(true);
  expect(isMet(one(15_001)[4]!)).toBe(false);
  expect(isMet(one(15_000)[0]!)).toBeNull();
});

test('a round in which one of the two failed is left out of the comparison, and its fault is shown', () => {
  const failed: Sample = {
    kind: 'fault',
    scenario: saturationScenario,
    target: 'weft',
    round: 3,
    reason: 'it | broke',
  };
  const rest = samples.filter(
    (one) => !(one.scenario === saturationScenario && one.target === 'weft' && one.round === 3),
  );
  expect(goals([...rest, failed])[0]!.figure!.max).toBeCloseTo(0.7 / 0.4);
  expect(composeReport(environment, [...rest, failed])).toContain(`| ${saturationScenario} | weft | 3 | it / broke |`);
});

test('the page names machine, Node and commit, and puts verdicts beside the goals', () => {
  const page = composeReport(environment, samples);
  expect(page).toContain('2026-01-02, commit abc1234, Node v20.20.2');
  expect(page).toContain('Some CPU, 2 cores, 16.0 GiB, Linux 6.1');
  expect(page).toContain('| at least 1.00 million | **1.10** million (1.00 – 1.20) | ✓ met |');
  expect(page).toContain('| at most 2.00× | **3.00**× | ✗ missed |');
  expect(page).toContain(
    '| relay → weft | **10.0** | **1,000** | **10.0** | **402** (401 – 403) | **30.0** | **100** |',
  );
  expect(page).toContain('| weft | 5,000 | **14.0** (13.0 – 15.0) |');
  expect(page).not.toContain('quick run');
});

test('a quick run says that its figures mean nothing', () => {
  expect(composeReport({ ...environment, quick: true }, samples)).toContain('toy sizes');
});

test('a busy machine is named beside the figures', () => {
  expect(composeReport({ ...environment, loadAverage: 7.5 }, samples)).toContain(
    'busy with something else (load average 7.50)',
  );
  expect(composeReport(environment, samples)).not.toContain('busy');
});

test('the scenarios have different names, and the goals are about two of them', () => {
  const names = scenarios(1000, 5000).map((one) => one.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining([saturationScenario, steadyScenario, '1000-senders', '100-consumers', 'idle']),
  );
});
