/** Texts to copy. Each is right as it stands, for the folders and ports that mlexporter has without being told. */

import { type FixBlock } from './check';

/** Port on which `mlexporter.serve()` listens unless told otherwise. */
const DEFAULT_PORT = 9469;

/** The oldest Prometheus on which everything is tested. */
export const OLDEST_PROMETHEUS = '2.42.0';

/** What Grafana takes for the *Scrape interval* of a data source that has none. */
export const DEFAULT_INTERVAL = '15s';

const RULES_FOLDER = '/etc/prometheus/mlexporter';

/** A scrape job for an exporter on the machine of Prometheus. */
export const SCRAPE_CONFIG: FixBlock = {
  place: 'prometheus.yml',
  text: `scrape_configs:
  - job_name: mlexporter
    static_configs: [{targets: ["127.0.0.1:${DEFAULT_PORT}"]}]
`,
};

/** What serves the metrics of a process. */
export const SERVE: FixBlock = {
  place: 'Python, where the model is loaded',
  text: `import mlexporter

mlexporter.serve(port=${DEFAULT_PORT})
`,
};

/** Return what looks whether an exporter answers; `instance` is its label, which is its address unless it was rewritten. */
export function lookAtExporter(instance: string): FixBlock {
  return /^[\w.-]+:\d+$/.test(instance)
    ? { place: 'shell, on the machine of Prometheus', text: `curl -sS http://${instance}/metrics | head` }
    : { place: 'shell, on the machine of the model', text: `curl -sS http://127.0.0.1:${DEFAULT_PORT}/metrics | head` };
}

/** Writes the rule files, and checks them. */
export const WRITE_RULES: FixBlock = {
  place: 'shell, on the machine of Prometheus',
  text: `mlexporter generate alerts --out ${RULES_FOLDER}
promtool check rules ${RULES_FOLDER}/recording.yaml ${RULES_FOLDER}/rules.yaml
`,
};

/** Loads the rule files. */
export const LOAD_RULES: FixBlock = {
  place: 'prometheus.yml',
  text: `rule_files:
  - ${RULES_FOLDER}/recording.yaml
  - ${RULES_FOLDER}/rules.yaml
`,
};

/** Makes Prometheus read its files again. */
export const RELOAD: FixBlock = { place: 'shell, on the machine of Prometheus', text: 'kill -HUP "$(pidof prometheus)"' };

/** A data source for Grafana. */
export const PROVISION_SOURCE: FixBlock = {
  place: '/etc/grafana/provisioning/datasources/mlexporter.yaml',
  text: `apiVersion: 1
datasources:
  - name: Prometheus
    uid: mlexporter-prometheus
    type: prometheus
    access: proxy
    url: http://localhost:9090
    isDefault: true
    jsonData:
      httpMethod: POST
      timeInterval: 15s
`,
};

/** Lets all workers of a server count together. */
export const SHARED_DIRECTORY: FixBlock = {
  place: 'shell that starts the server',
  text: 'export MLEXPORTER_DIR=/dev/shm/mlexporter-counts',
};

/** Return the command that brings mlexporter to the version of this app. */
export function upgradeTo(version: string): FixBlock {
  return { place: 'shell, where the model is served', text: `pip install --upgrade 'mlexporter==${version}'` };
}

/** Return the flag that keeps exemplars, with the features that are on already. */
export function exemplarFlag(features: string): FixBlock {
  const on = features.split(',').map((each) => each.trim()).filter((each) => each !== '');
  return { place: 'command line of Prometheus', text: `--enable-feature=${[...on, 'exemplar-storage'].join(',')}` };
}

/** Return the setting of the data source that makes exemplars links; `uid` is that of a data source of traces. */
export function exemplarLink(uid: string): FixBlock {
  return {
    place: 'provisioning file of the data source',
    text: `    jsonData:
      exemplarTraceIdDestinations:
        - name: trace_id
          datasourceUid: ${JSON.stringify(uid)}
`,
  };
}

/** Return the setting of the data source that says how often Prometheus scrapes. */
export function scrapeInterval(interval: string): FixBlock {
  return {
    place: 'provisioning file of the data source',
    text: `    jsonData:
      timeInterval: ${interval}
`,
  };
}

/** Return the command that learns a profile from a file of rows. */
export function learnProfile(modelName: string, modelVersion: string): FixBlock {
  const quoted = [modelName, modelVersion].map((each) => (/^[\w.-]+$/.test(each) ? each : `'${each.replaceAll("'", `'\\''`)}'`));
  return {
    place: 'shell, beside held_out.parquet: rows like those of training that the model has not seen',
    text: `pip install 'mlexporter[profile]'
mlexporter profile held_out.parquet --model ${quoted[0] ?? ''} --version ${quoted[1] ?? ''}
`,
  };
}

/** Return the decorator that measures a model against the profile which `learnProfile` has written. */
export function profileFix(modelName: string, modelVersion: string): FixBlock {
  const fileName = modelName.slice(modelName.lastIndexOf('/') + 1);
  return {
    place: 'Python, above the function that predicts',
    text: `@mlexporter.monitor(model=${JSON.stringify(modelName)}, version=${JSON.stringify(modelVersion)}, profile=${JSON.stringify(`${fileName}.profile.json`)})`,
  };
}
