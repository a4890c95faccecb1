import { told, untold } from './facts';
import { check, copied, factsWith, sample } from './facts_for_tests';

describe('rules', () => {
  test('none loaded: how to write them, the two lines, how to load them', () => {
    const found = check(factsWith({ rules: told([]) }, { ruleAge: [] }), 'recording');
    expect(found.state).toBe('missing');
    expect(copied(found)).toContain('rule_files:');
    expect(copied(found)).toContain('recording.yaml');
    expect(copied(found)).toContain('mlexporter generate alerts');
  });

  test('loaded a moment ago is not missing', () => {
    expect(check(factsWith({}, { ruleAge: [] }), 'recording')).toMatchObject({ state: 'attention', meaning: expect.stringContaining('nothing yet') as string });
  });

  test('stale ones say for how long', () => {
    const found = check(factsWith({}, { ruleAge: [sample({ group: 'mlexporter-service' }, 7300)] }), 'recording');
    expect(found).toMatchObject({ state: 'missing', meaning: expect.stringContaining('2 h 1 min') as string });
  });

  test('a group that always records and does not', () => {
    const found = check(factsWith({}, { ruleAge: [sample({ group: 'mlexporter-service' }, 20)] }), 'recording');
    expect(found).toMatchObject({ state: 'attention', meaning: expect.stringContaining('mlexporter-features') as string });
  });

  test('a rule that fails is told with its error', () => {
    const rules = told([{ group: 'mlexporter-service', name: 'recorded:one', isRecording: true, error: 'many-to-many' }]);
    expect(check(factsWith({ rules }), 'recording')).toMatchObject({ state: 'attention', evidence: ['recorded:one: many-to-many'] });
  });

  test('without the watchdog alerts are missing; the same steps are not told twice', () => {
    const rules = told([{ group: 'mlexporter-service', name: 'recorded:one', isRecording: true, error: '' }]);
    const found = check(factsWith({ rules }, { watchdog: [] }), 'alerts');
    expect(found.state).toBe('missing');
    expect(copied(found)).toContain('rules.yaml');
    const both = factsWith({ rules: told([]) }, { watchdog: [], ruleAge: [] });
    expect([copied(check(both, 'alerts')), copied(check(both, 'recording'))]).toEqual(['', expect.stringContaining('rules.yaml')]);
  });

  test('alerts that were loaded a moment ago are not missing', () => {
    expect(check(factsWith({}, { watchdog: [] }), 'alerts').state).toBe('attention');
  });

  test('an alert that fails can not fire', () => {
    const rules = told([{ group: 'mlexporter-alerts-data', name: 'MLFeatureGone', isRecording: false, error: 'bad' }]);
    expect(check(factsWith({ rules }), 'alerts').state).toBe('attention');
  });

  test('rules of another version lack what this app reads', () => {
    const rules = told([{ group: 'mlexporter-service', name: 'recorded:one', isRecording: true, error: '' }]);
    expect(check(factsWith({ rules }), 'rule-version')).toMatchObject({ state: 'attention', evidence: ['not recorded: recorded:two'] });
  });

  test('rules that another server evaluates are not "not loaded yet"', () => {
    const found = check(factsWith({ rules: told([]) }), 'rule-version');
    expect(found).toMatchObject({ state: 'unknown', meaning: expect.stringContaining('lists no rules') as string });
    expect(check(factsWith({ rules: told([]) }, { ruleAge: [] }), 'rule-version').meaning).toBe('It can be told once the rules are loaded.');
  });

  test('where rules can not be listed their version is unknown', () => {
    expect(check(factsWith({ rules: untold('status 403') }), 'rule-version').state).toBe('unknown');
  });
});
