import { askServer, failureOf, reasonOf } from './asking';
import { durationOf, secondsOf, spokenDuration } from './durations';
import { told } from './facts';
import { readBuild, readCount, readExemplars, readFlags, readRules } from './prometheus_answers';
import { compareVersions, seriesVersion } from './versions';

const success = (data: unknown) => ({ status: 'success', data });

describe('answers of Prometheus', () => {
  test('flags', () => {
    expect(readFlags(success({ 'enable-feature': 'exemplar-storage', odd: 3 }))).toEqual(told({ 'enable-feature': 'exemplar-storage' }));
  });

  test('build', () => {
    expect(readBuild(success({ version: '3.12.0' }))).toEqual(told({ version: '3.12.0', application: '' }));
    expect(readBuild(success({ version: '2.1', application: 'Grafana Mimir' }))).toEqual(told({ version: '2.1', application: 'Grafana Mimir' }));
  });

  test('rules', () => {
    const rules = [{ name: 'a', type: 'recording' }, { name: 'B', type: 'alerting', lastError: 'bad' }, null, { type: 'x' }];
    expect(readRules(success({ groups: [{ name: 'g', rules }, { name: 'h' }] }))).toEqual(told([
      { group: 'g', name: 'a', isRecording: true, error: '' }, { group: 'g', name: 'B', isRecording: false, error: 'bad' },
    ]));
  });

  test('exemplars and counts', () => {
    expect(readExemplars(success([{ exemplars: [1, 2] }, { exemplars: [3] }, 'odd']))).toEqual(told(3));
    expect(readCount(success({ resultType: 'vector', result: [1, 2] }))).toEqual(told(2));
  });

  test.each([undefined, null, 'text', [], {}, { status: 'error' }, success(null), success('x')])('%j is of nobody that is known here', (answer) => {
    for (const read of [readFlags, readBuild, readRules, readExemplars, readCount]) {
      expect(read(answer).isKnown).toBe(false);
    }
  });
});

describe('asking', () => {
  const asked = { uid: 'a', uids: ['a', 'b'], from: 0, to: 60, exporters: 'count(x)', exemplars: 'y' };

  test('what is answered is known, what is refused says why', async () => {
    const paths: string[] = [];
    const found = await askServer((uid, path) => {
      paths.push(`${uid} ${path}`);
      return uid === 'a' && path.includes('buildinfo')
        ? Promise.resolve(success({ version: '3.1.0' }))
        : Promise.reject(Object.assign(new Error('Bad Gateway'), { status: 502 }));
    }, asked);
    expect(found.build).toEqual(told({ version: '3.1.0', application: '' }));
    expect(found.flags).toEqual({ isKnown: false, why: 'status 502: Bad Gateway' });
    expect(found.exporters['b']).toEqual({ isKnown: false, why: 'status 502: Bad Gateway' });
    expect(paths).toContain('b api/v1/query?query=count%28x%29&time=60');
    expect(paths).toContain('a api/v1/query_exemplars?query=y&start=0&end=60');
  });

  test.each([
    [{ status: 404, data: { message: 'Not found' } }, 'status 404: Not found'], [{ status: 403 }, 'status 403'], ['refused', 'refused'],
    [null, 'no answer'], [{}, 'no answer'],
  ])('the reason of %j is %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });

  test('a failure without a name is that of all queries', () => {
    expect(failureOf('a', [{ refId: 'b', message: 'bad' }])).toBeNull();
    expect(failureOf('a', [{ refId: 'b', message: 'bad' }, { message: 'down' }])).toBe('down');
    expect(failureOf('a', [{ refId: 'a', data: { message: 'bad' } }])).toBe('bad');
  });
});

test('lengths of time', () => {
  expect([secondsOf('15s'), secondsOf('1m30s'), secondsOf('500ms'), secondsOf('1d'), secondsOf(''), secondsOf('5'), secondsOf('m')])
    .toEqual([15, 90, 0.5, 86400, null, null, null]);
  expect([durationOf(15), durationOf(60), durationOf(90), durationOf(3600), durationOf(0.2)]).toEqual(['15s', '1m', '90s', '1h', '1s']);
  expect([spokenDuration(12), spokenDuration(125), spokenDuration(7300), spokenDuration(90000), spokenDuration(86400)])
    .toEqual(['12 s', '2 min', '2 h 1 min', '1 d 1 h', '1 d']);
});

test('versions', () => {
  expect(compareVersions('2.9.0', '2.42.0')).toBeLessThan(0);
  expect(compareVersions('v3.12.0', '3.12')).toBe(0);
  expect(compareVersions('2.42.0+ds', '2.41.9')).toBeGreaterThan(0);
  expect(compareVersions('unknown', '1.0')).toBe(0);
  expect([seriesVersion('0.1.7'), seriesVersion('odd')]).toEqual(['0.1', 'odd']);
});
