import { LABELS, check, copied, factsWith, sample } from './facts_for_tests';

const { model, target } = LABELS;

describe('profiles and scores', () => {
  const profile = (changed: Record<string, string>) => sample({ ...model, ...target, profile_version: '3', profile: 'one', ...changed });

  test('exporters without a model', () => {
    const found = check(factsWith({}, { models: [], profiles: [] }), 'profiles');
    expect(found.state).toBe('missing');
    expect(copied(found)).toContain('@mlexporter.monitor(');
  });

  test('no profile at all, and the command with the names filled in', () => {
    const found = check(factsWith({}, { models: [sample(model, 0)] }), 'profiles');
    expect(found.state).toBe('missing');
    expect(copied(found)).toContain('--model fares --version 3');
    expect(copied(found)).toContain('@mlexporter.monitor(model="fares", version="3", profile="fares.profile.json")');
    expect(found.fix?.words).toContain('profile="warmup"');
  });

  test('one of two has none', () => {
    const found = check(factsWith({}, { models: [sample(model), sample({ ...model, model_name: "bob's", model_version: '1' }, 0)] }), 'profiles');
    expect(found.state).toBe('attention');
    expect(copied(found)).toContain(`--model 'bob'\\''s' --version 1`);
  });

  test('pods of one version with different profiles, by pod', () => {
    const found = check(factsWith({}, { profiles: [profile({}), profile({ instance: 'pod-2', profile: 'two' })] }), 'mixed-profiles');
    expect(found).toMatchObject({
      state: 'attention',
      evidence: ['fares 3: profile one in mlexporter 127.0.0.1:9469', 'fares 3: profile two in mlexporter pod-2'],
    });
  });

  test('two versions may have two profiles', () => {
    const profiles = [profile({}), profile({ model_version: '4', profile_version: '4', profile: 'two' })];
    expect(check(factsWith({}, { profiles }), 'mixed-profiles').state).toBe('ok');
  });

  test('a profile that was learned for another version, once however many pods', () => {
    const profiles = [profile({ profile_version: '2' }), profile({ profile_version: '2', instance: 'pod-2' })];
    expect(check(factsWith({}, { profiles }), 'profile-versions')).toMatchObject({
      state: 'attention', evidence: ['fares 3 has the profile of version 2'],
    });
    expect(check(factsWith({}, { profiles: [profile({ profile_version: '' })] }), 'profile-versions').state).toBe('ok');
  });

  test('too few rows in a short window is no fault, and says how many there are', () => {
    const absent = [sample({ ...model, window: '5m', reason: 'rows' }, 12)];
    const found = check(factsWith({}, {
      absent,
      absentRows: [sample({ ...model, window: '5m' }, 42)],
      requiredRows: [sample({ ...model, window: '5m' }, 100)],
    }), 'scores');
    expect(found).toMatchObject({ state: 'unused', evidence: ['fares 3, 5m: 12 features without a score: 42 of 100 rows'] });
  });

  test('a window that is full in one exporter and not in another has not "103 of 100 rows"', () => {
    const window = { ...model, window: '24h' };
    const found = check(factsWith({}, {
      absent: [sample({ ...window, reason: 'rows' }, 4)], absentRows: [sample(window, 103)], requiredRows: [sample(window, 100)],
    }), 'scores');
    expect(found.evidence).toEqual(['fares 3, 24h: 4 features without a score: fewer than 100 rows in one of the exporters']);
  });

  test('no score in any window needs a look', () => {
    const found = check(factsWith({}, { scored: [], absent: [sample({ ...model, window: '1h', reason: 'rows' }, 12)] }), 'scores');
    expect(found.state).toBe('attention');
  });

  test('what has no score in any window comes before short windows of what has', () => {
    const poor = { ...model, model_name: 'poor' };
    const absent = [sample({ ...model, window: '5m', reason: 'rows' }, 12), sample({ ...poor, window: '1h', reason: 'rows' }, 3)];
    expect(check(factsWith({}, { absent }), 'scores')).toMatchObject({
      meaning: expect.stringContaining('1 version has no score') as string,
      evidence: [expect.stringContaining('poor 3, 1h'), expect.stringContaining('fares 3, 5m')] as string[],
    });
  });

  test.each(['profile', 'stale', 'error', 'overflow'])('reason %s does not pass by itself', (reason) => {
    const found = check(factsWith({}, { absent: [sample({ ...model, window: '1h', reason }, 2)] }), 'scores');
    expect(found).toMatchObject({ state: 'attention', evidence: [`fares 3, 1h: 2 features without a score (${reason})`] });
    expect(found.fix?.words).toMatch(/.{20}/);
  });

  test('a model without a profile is not told of twice', () => {
    const bare = { ...model, model_name: 'bare' };
    const found = check(factsWith({}, { models: [sample(model), sample(bare, 0)], absent: [sample({ ...bare, window: '1h', reason: 'profile' })] }), 'scores');
    expect(found.state).toBe('ok');
  });

  test('neither a score nor a reason is unknown', () => {
    expect(check(factsWith({}, { scored: [], absent: [] }), 'scores').state).toBe('unknown');
  });
});
