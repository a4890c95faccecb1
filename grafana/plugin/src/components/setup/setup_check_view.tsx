import { LoadingState, type PanelData } from '@grafana/data';
import { sceneGraph } from '@grafana/scenes';
import React, { useMemo } from 'react';

import { version } from '../../catalogue.gen';
import { labelledValues } from '../../data/models/labelled_values';
import { failureOf, type Asked, type QueryFailure } from '../../data/setup/asking';
import { evaluate } from '../../data/setup/evaluate';
import { told, untold, type Facts, type SetupQuery } from '../../data/setup/facts';
import { queries, rules } from '../../queries.gen';
import { type DataViewProps } from '../data_view';
import { Loading, isFirstLoad } from '../notices';

import { ChecksView } from './checks_view';
import { OPTIONAL_PARTS } from './optional_parts';
import { useServerFacts } from './server_facts';
import { prometheusSources, traceSources } from './sources';

/** What is missing for this app to show everything, and how it comes. */
export function SetupCheckView({ data, scene }: DataViewProps) {
  const sources = prometheusSources();
  const wanted = sceneGraph.interpolate(scene, '${datasource}');
  const chosen = sources.find(({ uid }) => uid === wanted) ?? null;
  const { from, to } = sceneGraph.getTimeRange(scene).useState().value;
  const server = useServerFacts(chosen === null ? null : askedOf(chosen.uid, sources.map(({ uid }) => uid), from.unix(), to.unix()));
  const answers = useMemo(() => answersOf(data), [data]);
  if (chosen !== null && isFirstLoad(data)) {
    return <Loading what="what is set up" />;
  }
  const known = sources.map((source) => ({ ...source, exporters: server.exporters[source.uid] ?? source.exporters }));
  const facts: Facts = {
    pluginVersion: version,
    generated: rules,
    sources: known,
    chosen: known.find(({ uid }) => uid === wanted) ?? null,
    traceSources: traceSources(),
    answers: chosen === null ? {} : answers,
    flags: server.flags,
    build: server.build,
    rules: server.rules,
    exemplars: server.exemplars,
    options: OPTIONAL_PARTS.map(({ ref, name, without }) => ({ name, without, isThere: labelledValues(data?.series ?? [], ref).length > 0 })),
  };
  return <ChecksView checks={evaluate(facts)} />;
}

function askedOf(uid: string, uids: readonly string[], from: number, to: number): Asked {
  return { uid, uids, from, to, exporters: queries.setup.facts.exporters, exemplars: queries.setup.facts.exemplarSource };
}

function answersOf(data: PanelData | undefined): Facts['answers'] {
  const failures = failuresOf(data);
  const answers: Partial<Record<SetupQuery, Facts['answers'][SetupQuery]>> = {};
  for (const name of SETUP_QUERIES) {
    const why = failureOf(name, failures);
    answers[name] = why === null ? told(labelledValues(data?.series ?? [], name)) : untold(why);
  }
  return answers;
}

/** Return what went wrong; where a request failed as a whole, a failure of no query by name. */
function failuresOf(data: PanelData | undefined): readonly QueryFailure[] {
  if (data?.errors !== undefined && data.errors.length > 0) {
    return data.errors;
  }
  if (data?.state !== LoadingState.Error) {
    return [];
  }
  // Grafana 11 tells of a request that failed as a whole here only.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return [data.error ?? {}];
}

/** The queries whose samples are looked at. */
const SETUP_QUERIES: readonly SetupQuery[] = [
  'exporters', 'exportersLately', 'up', 'targets', 'targetsDown', 'ruleAge', 'watchdog', 'models', 'profiles', 'scored',
  'absent', 'absentRows', 'requiredRows', 'degraded', 'singleWorker', 'workers', 'reload', 'scrapes', 'exemplarStorage',
  'prometheusVersion', 'internalErrors',
];
