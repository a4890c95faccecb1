/** The check of exemplars: the way from a slow bucket to the trace of a call in it. */

import { attention, ok, unknown, unused, type FixLink, type Verdict } from './check';
import { withoutExporters } from './exporters';
import { samplesFor, type Facts } from './facts';
import { exemplarFlag, exemplarLink } from './fixes';
import { counted } from './samples';

/** Label of our exemplars that names the trace. */
const TRACE_LABEL = 'trace_id';

const FEATURE = 'exemplar-storage';

/** Return whether exemplars are kept and lead to traces. */
export function checkExemplars(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null || facts.chosen === null) {
    return nothing ?? unknown('There is no data source.');
  }
  const features = facts.flags.isKnown ? (facts.flags.value['enable-feature'] ?? '') : '';
  const isStored = storage(facts, features);
  const found = facts.exemplars.isKnown ? facts.exemplars.value : 0;
  const isLinked = facts.chosen.exemplarLabels.includes(TRACE_LABEL);
  const evidence = [
    `Prometheus: ${isStored === null ? 'cannot be told from here' : isStored ? `keeps exemplars (${FEATURE})` : `keeps none (without ${FEATURE})`}`,
    `durations: ${facts.exemplars.isKnown ? counted(found, 'exemplar') : `cannot be told (${facts.exemplars.why})`}`,
    `data source: ${isLinked ? `${TRACE_LABEL} is a link` : `${TRACE_LABEL} leads nowhere`}`,
  ];
  if (isStored === false) {
    return unused(
      'Prometheus keeps no exemplars: there is no way from a slow bucket to the trace of a call in it. Nothing else needs them.',
      { words: 'Start Prometheus with this flag, and let the data source make links of them.', blocks: [exemplarFlag(features), ...linkBlocks(facts, isLinked)], links: settings(facts) },
      evidence
    );
  }
  if (found > 0 && !isLinked) {
    return attention(
      'Exemplars are kept, and the data source makes no link of them: the points on a latency panel lead nowhere.',
      linkFix(facts),
      evidence
    );
  }
  if (found > 0) {
    return ok('Slow calls lead to their traces.', evidence);
  }
  if (isStored === null) {
    return unknown(`Whether Prometheus keeps exemplars cannot be told from here (${facts.flags.isKnown ? 'no such flag' : facts.flags.why}), and there is none in this time range.`, null, evidence);
  }
  return unused(
    'Prometheus keeps exemplars, and there is none in this time range: calls have no sampled spans.',
    isLinked ? null : linkFix(facts),
    evidence
  );
}

/** Return whether Prometheus keeps exemplars; null where that cannot be told. */
function storage(facts: Facts, features: string): boolean | null {
  if (facts.exemplars.isKnown && facts.exemplars.value > 0) {
    return true;
  }
  if (facts.flags.isKnown && 'enable-feature' in facts.flags.value) {
    return features.split(',').map((each) => each.trim()).includes(FEATURE);
  }
  const room = samplesFor(facts, 'exemplarStorage')[0];
  return room === undefined ? null : room.value > 0;
}

function linkFix(facts: Facts) {
  const blocks = linkBlocks(facts, false);
  return {
    words: blocks.length > 0
      ? `Make the label ${TRACE_LABEL} a link to your data source of traces, in the settings of the data source under *Exemplars* or in the file that provisions it.`
      : `Add a data source of traces (Tempo, Jaeger, Zipkin), then make the label ${TRACE_LABEL} a link to it, in the settings of this data source under *Exemplars*.`,
    blocks,
    links: settings(facts),
  };
}

function linkBlocks(facts: Facts, isLinked: boolean) {
  const traces = facts.traceSources[0];
  return isLinked || traces === undefined ? [] : [exemplarLink(traces.uid)];
}

function settings(facts: Facts): readonly FixLink[] {
  return facts.chosen === null ? [] : [{ text: 'Open the data source', href: `/connections/datasources/edit/${encodeURIComponent(facts.chosen.uid)}` }];
}
