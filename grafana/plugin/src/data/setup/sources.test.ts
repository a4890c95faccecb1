import { evaluate } from './evaluate';
import { told, untold } from './facts';
import { LABELS, SOURCE, check, copied, factsWith, sample } from './facts_for_tests';

const { target } = LABELS;

describe('data source', () => {
  test('without one, the file that provisions it', () => {
    const found = check(factsWith({ chosen: null, sources: [], answers: {} }), 'source');
    expect(found.state).toBe('missing');
    expect(copied(found)).toContain('type: prometheus');
  });

  test('all of them are named, with the exporters that each knows', () => {
    const other = { ...SOURCE, uid: 'other', name: 'Other', exporters: untold<number>('status 502: Bad Gateway') };
    expect(check(factsWith({ sources: [SOURCE, other] }), 'source').evidence).toEqual([
      'Prometheus: 1 exporter (chosen above)', 'Other: does not answer: status 502: Bad Gateway',
    ]);
  });

  test('one that does not answer is told with its own error, and nothing else is judged', () => {
    const facts = factsWith({ answers: { exporters: untold('connection refused') } });
    expect(check(facts, 'answer')).toMatchObject({ state: 'missing', evidence: ['connection refused'] });
    const judged = evaluate(facts).filter(({ state }) => state === 'missing' || state === 'attention');
    expect(judged.map(({ id }) => id)).toEqual(['answer']);
  });

  test.each([
    ['2.41.0', 'attention'], ['2.42.0', 'ok'], ['2.9.1', 'attention'], ['3.12.0', 'ok'],
  ])('Prometheus %s is %s', (version, state) => {
    expect(check(factsWith({ build: told({ version, application: '' }) }), 'prometheus-version').state).toBe(state);
  });

  test('another server is named, and its version is not compared', () => {
    const found = check(factsWith({ build: told({ version: '2.17.0', application: 'Grafana Mimir' }) }), 'prometheus-version');
    expect(found).toMatchObject({ state: 'ok', meaning: 'Grafana Mimir answers in place of Prometheus.' });
  });

  test('a version that nobody tells is unknown, unless Prometheus scrapes itself', () => {
    const facts = { build: untold<never>('status 404') };
    expect(check(factsWith(facts), 'prometheus-version').state).toBe('unknown');
    expect(check(factsWith(facts, { prometheusVersion: [sample({ version: '2.45.0' })] }), 'prometheus-version').state).toBe('ok');
  });
});

describe('scrape interval', () => {
  test.each([
    ['15s', 40, 'ok'], ['15s', 41, 'ok'], ['', 40, 'ok'], ['1m', 10, 'ok'], ['60s', 9, 'ok'], ['15s', 20, 'attention'],
    ['1m', 40, 'attention'], ['', 10, 'attention'], ['no length', 40, 'attention'], ['5m', 2, 'ok'],
  ])('set to "%s" with %i scrapes in ten minutes is %s', (timeInterval, scrapes, state) => {
    const facts = factsWith({ chosen: { ...SOURCE, timeInterval } }, { scrapes: [sample(target, scrapes)] });
    expect(check(facts, 'interval').state).toBe(state);
  });

  test.each([
    [600, '1s'], [120, '5s'], [60, '10s'], [59, '10s'], [20, '30s'], [19, '30s'], [10, '1m'], [9, '1m'], [5, '2m'], [2, '5m'], [1, '5m'], [17, '34s'],
  ])('%i scrapes in ten minutes are one every %s, which is the fix', (scrapes, interval) => {
    const found = check(factsWith({}, { scrapes: [sample(target, scrapes)] }), 'interval');
    expect(copied(found)).toContain(`timeInterval: ${interval}\n`);
    expect(found.meaning).toContain(scrapes > 40 ? 'smoother' : 'holes');
  });

  test('a target that is too young tells nothing', () => {
    expect(check(factsWith({}, { scrapes: [] }), 'interval').state).toBe('unknown');
  });
});
