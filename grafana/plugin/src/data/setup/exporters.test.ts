import { told } from './facts';
import { LABELS, SOURCE, check, copied, emptyWith, factsWith, sample } from './facts_for_tests';

const { target } = LABELS;

describe('exporters', () => {
  test('none ever: serve, scrape job with the port, reload', () => {
    const found = check(emptyWith({}, { targets: [sample({ job: 'node' }, 3)] }), 'exporters');
    expect(found.state).toBe('missing');
    expect(copied(found)).toContain('mlexporter.serve(port=9469)');
    expect(copied(found)).toContain('targets: ["127.0.0.1:9469"]');
    expect(found.evidence).toEqual(['Prometheus scrapes: node (3 targets)']);
  });

  test('a Prometheus that scrapes nothing says so', () => {
    expect(check(emptyWith(), 'exporters').evidence).toEqual(['Prometheus scrapes nothing at all']);
  });

  test('gone since yesterday is another thing than never there', () => {
    const found = check(emptyWith({}, { exportersLately: [sample(target)] }), 'exporters');
    expect(found.evidence).toEqual(['gone: mlexporter 127.0.0.1:9469']);
    expect(found.meaning).toContain('MLExporterAbsent');
    expect(copied(found)).toBe('curl -sS http://127.0.0.1:9469/metrics | head');
    const down = check(emptyWith({}, { exportersLately: [sample(target)], up: [sample(target, 0)] }), 'exporters');
    expect([copied(down), down.fix?.words]).toEqual(['', expect.stringContaining('Exporters up and down')]);
  });

  test('where another data source has them, that one is to be chosen', () => {
    const other = { ...SOURCE, uid: 'b', name: 'Other', exporters: told(2) };
    const found = check(emptyWith({ sources: [SOURCE, other] }), 'exporters');
    expect(found).toMatchObject({ state: 'attention', meaning: 'Prometheus has no exporter, and Other has.' });
  });

  test('one that is down is missing, also when it was the only one', () => {
    const down = [sample(target, 0)];
    expect(check(factsWith({}, { up: down }), 'up')).toMatchObject({ state: 'missing', evidence: ['down: mlexporter 127.0.0.1:9469'] });
    expect(check(emptyWith({}, { up: down }), 'up').state).toBe('missing');
    expect(copied(check(factsWith({}, { up: [sample({ job: 'ml', instance: 'pod-7.fares:8000' }, 0)] }), 'up'))).toContain('http://pod-7.fares:8000/metrics');
    expect(copied(check(factsWith({}, { up: [sample({ job: 'ml', instance: 'pod-7' }, 0)] }), 'up'))).toContain('http://127.0.0.1:9469/metrics');
  });

  test('without `up`, whether one is down is unknown and not 0', () => {
    expect(check(factsWith({}, { up: [] }), 'up').state).toBe('unknown');
  });

  test('one worker of several, and the directory that brings them together', () => {
    const found = check(factsWith({}, { singleWorker: [sample(target, 1)] }), 'workers');
    expect(found.state).toBe('missing');
    expect(copied(found)).toContain('MLEXPORTER_DIR=/dev/shm/');
  });

  test('degraded by reason, each with its own way out; a refused file is told as well', () => {
    const found = check(factsWith({}, {
      degraded: [sample({ ...target, reason: 'directory_unsafe' }), sample({ ...target, reason: 'port_in_use' }, 2)],
      reload: [sample(target, 0)],
    }), 'degraded');
    expect(found.state).toBe('attention');
    expect(copied(found)).toContain('MLEXPORTER_DIR');
    expect(copied(found)).toContain('MLEXPORTER_PORT=9470');
    expect(copied(found)).toContain('mlexporter check');
    expect(found.evidence).toContain('port_in_use: mlexporter 127.0.0.1:9469');
  });

  test('a reason that is not known here is told by its name', () => {
    const found = check(factsWith({}, { degraded: [sample({ ...target, reason: 'moon_phase' })] }), 'degraded');
    expect(found.meaning).toContain('moon_phase');
  });
});

describe('what not everybody needs or has', () => {
  test('errors of mlexporter itself, by stage', () => {
    const found = check(factsWith({}, { internalErrors: [sample({ ...target, stage: 'drain' }, 2.1)] }), 'internal-errors');
    expect(found).toMatchObject({ state: 'attention', evidence: ['drain: 2 errors in an hour, mlexporter 127.0.0.1:9469'] });
  });

  test('optional parts that are not used are no fault, and say how they begin', () => {
    const options = [{ name: 'A memory limit', without: 'Limit the container', isThere: true }, { name: 'A card', without: 'Install it', isThere: false }];
    expect(check(factsWith({ options }), 'options')).toMatchObject({ state: 'unused', meaning: expect.stringContaining('1 of 2') as string, evidence: ['A card: Install it'] });
  });
});

describe('versions', () => {
  const of = (...versions: string[]) => ({
    exporters: versions.map((version, place) => sample({ job: 'mlexporter', instance: `pod-${place}`, version })),
  });

  test.each([
    [['0.1.0'], 'ok'], [['0.1.7'], 'ok'], [['0.1.0', '0.1.1'], 'attention'], [['0.0.9'], 'attention'], [['0.2.0'], 'attention'], [['0.10.0'], 'attention'],
  ])('exporters %j beside app 0.1.0 are %s', (versions, state) => {
    expect(check(factsWith({}, of(...versions)), 'versions').state).toBe(state);
  });

  test('the older side is the one to update', () => {
    expect(copied(check(factsWith({}, of('0.0.9')), 'versions'))).toContain("mlexporter==0.1.0");
    expect(check(factsWith({}, of('0.10.0')), 'versions').fix?.words).toContain('0.10.0 of this app');
    expect(copied(check(factsWith({}, of('0.1.0', '0.1.1')), 'versions'))).toContain('mlexporter==0.1.1');
  });
});
