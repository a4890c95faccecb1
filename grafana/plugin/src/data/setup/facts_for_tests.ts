/** Facts about a set-up in which all is well, for tests to change one thing in. */

import { type Check } from './check';
import { evaluate } from './evaluate';
import { told, type Facts, type SetupQuery, type Source } from './facts';
import { type Sample } from './samples';

const MODEL = { model_name: 'fares', model_version: '3', variant: 'primary' };
const TARGET = { job: 'mlexporter', instance: '127.0.0.1:9469' };

/** Return a sample. */
export function sample(labels: Readonly<Record<string, string>>, value = 1): Sample {
  return { labels, value };
}

/** The data source that is looked at. */
export const SOURCE: Source = {
  uid: 'prometheus', name: 'Prometheus', isDefault: true, timeInterval: '15s', exemplarLabels: ['trace_id'], exporters: told(1),
};

const WELL: Readonly<Record<SetupQuery, readonly Sample[]>> = {
  exporters: [sample({ ...TARGET, version: '0.1.0', python_version: '3.12.1' })],
  exportersLately: [sample(TARGET)],
  up: [sample(TARGET)],
  targets: [sample({ job: 'mlexporter' })],
  targetsDown: [],
  ruleAge: [sample({ group: 'mlexporter-service' }, 12), sample({ group: 'mlexporter-features' }, 15)],
  watchdog: [sample({})],
  models: [sample(MODEL)],
  profiles: [sample({ ...MODEL, ...TARGET, profile_id: 'a', profile_version: '3', profile: '33acd4dd' })],
  scored: [sample({ ...MODEL, window: '1h' }, 12)],
  absent: [],
  absentRows: [],
  requiredRows: [sample({ ...MODEL, window: '1h' }, 100)],
  degraded: [],
  singleWorker: [sample(TARGET, 0)],
  workers: [sample(TARGET, 4)],
  reload: [sample(TARGET, 1)],
  scrapes: [sample(TARGET, 40)],
  exemplarStorage: [],
  prometheusVersion: [],
  internalErrors: [],
};

/** Return facts where all is well but for what is given. */
export function factsWith(changed: Partial<Facts> = {}, answers: Partial<Record<SetupQuery, readonly Sample[]>> = {}): Facts {
  const all = { ...WELL, ...answers };
  return {
    pluginVersion: '0.1.0',
    generated: { groups: { 'mlexporter-service': ['recorded:one', 'recorded:two'] } },
    sources: [SOURCE],
    chosen: SOURCE,
    traceSources: [{ uid: 'tempo', name: 'Tempo' }],
    answers: Object.fromEntries(Object.entries(all).map(([name, samples]) => [name, told(samples)])),
    flags: told({ 'enable-feature': 'exemplar-storage' }),
    build: told({ version: '3.12.0', application: '' }),
    rules: told([
      { group: 'mlexporter-service', name: 'recorded:one', isRecording: true, error: '' },
      { group: 'mlexporter-service', name: 'recorded:two', isRecording: true, error: '' },
      { group: 'mlexporter-alerts-exporter', name: 'MLWatchdog', isRecording: false, error: '' },
    ]),
    options: [{ name: 'A memory limit', without: 'Limit the container', isThere: true }],
    exemplars: told(7),
    ...changed,
  };
}

/** Return facts of a data source that answers and holds nothing of ours, but for what is given. */
export function emptyWith(changed: Partial<Facts> = {}, answers: Partial<Record<SetupQuery, readonly Sample[]>> = {}): Facts {
  const nothing = Object.fromEntries(Object.keys(WELL).map((name) => [name, []]));
  return factsWith({ rules: told([]), exemplars: told(0), flags: told({ 'enable-feature': '' }), ...changed }, { ...nothing, ...answers });
}

/** Labels of the model and the target in these facts. */
export const LABELS = { model: MODEL, target: TARGET };

/** Return one check of these facts; throws where there is no such. */
export function check(facts: Facts, id: string): Check {
  const found = evaluate(facts).find((each) => each.id === id);
  if (found === undefined) {
    throw new Error(`no check ${id}`);
  }
  return found;
}

/** Return all that a check gives to copy. */
export function copied(found: Check): string {
  return (found.fix?.blocks ?? []).map(({ text }) => text).join('\n');
}
