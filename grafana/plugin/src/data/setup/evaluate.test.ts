import { STATES } from './check';
import { evaluate, inGroups, summary } from './evaluate';
import { LABELS, emptyWith, factsWith, sample } from './facts_for_tests';

test('a set-up in which all is well has no fault and nothing to fix', () => {
  const checks = evaluate(factsWith());
  expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(checks.every(({ fix }) => fix === null)).toBe(true);
  expect(summary(checks)).toBe(`Nothing is wrong: ${checks.length} ok.`);
});

test('the worst is on top, and a state is never followed by a worse one', () => {
  const checks = evaluate(emptyWith());
  const places = checks.map(({ state }) => STATES.indexOf(state));
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(checks[0]?.state).toBe('missing');
  expect(summary(checks)).toMatch(/^\d+ missing/);
});

test('checks that wait for the same thing are told together, and others alone', () => {
  const empty = evaluate(emptyWith());
  const groups = inGroups(empty);
  expect(groups.flatMap(({ checks }) => checks)).toHaveLength(empty.length);
  const together = groups.filter(({ checks }) => checks.length > 1);
  expect(together).toHaveLength(1);
  expect(together[0]?.checks[0].meaning).toBe('It can be told once exporters are scraped.');
  expect(inGroups(evaluate(factsWith())).every(({ checks }) => checks.length === 1)).toBe(true);
});

test('whatever is missing or wrong says what to do', () => {
  for (const facts of [emptyWith(), factsWith({ chosen: null, sources: [] }), emptyWith({}, { exporters: [sample({ ...LABELS.target, version: '0.1.0' })] })]) {
    for (const found of evaluate(facts).filter(({ state }) => state === 'missing' || state === 'attention')) {
      expect([found.id, found.fix?.words]).toEqual([found.id, expect.stringMatching(/.{20}/)]);
    }
  }
});
