/** Checks of the data source: is there one, does it answer, what is it, does it know how often it is filled. */

import { attention, missing, ok, unknown, type Verdict } from './check';
import { durationOf, secondsOf } from './durations';
import { doesAnswer, hasExporters, refusal, samplesFor, type Facts } from './facts';
import { DEFAULT_INTERVAL, OLDEST_PROMETHEUS, PROVISION_SOURCE, scrapeInterval } from './fixes';
import { counted, firstLines, targetName, valuesOf } from './samples';
import { compareVersions } from './versions';

/** What is said of all that hangs on the data source. */
export const ONCE_IT_ANSWERS = 'It can be told once the data source answers.';

/** Seconds in which scrapes are counted. */
const COUNTED_SECONDS = 600;

/** Intervals between scrapes that people choose, in seconds: a measured one is rounded to the nearest. */
const USUAL_INTERVALS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600];

/** Return whether Grafana has a data source that answers PromQL. */
export function checkSource(facts: Facts): Verdict {
  if (facts.chosen === null) {
    return missing('Grafana has no data source of type Prometheus that you may use: there is nobody to ask.', {
      words: 'Add one, by hand or by a file that Grafana reads when it starts. Put the address of your Prometheus in place of this one if it runs elsewhere.',
      blocks: [PROVISION_SOURCE],
      links: [{ text: 'Add a data source', href: '/connections/datasources/new' }],
    });
  }
  return ok(
    facts.sources.length === 1 ? 'Grafana has a data source of type Prometheus.' : `Grafana has ${facts.sources.length} data sources of type Prometheus.`,
    facts.sources.map((source) => {
      const holds = source.exporters.isKnown ? counted(source.exporters.value, 'exporter') : `does not answer: ${source.exporters.why}`;
      return `${source.name}: ${holds}${source.uid === facts.chosen?.uid ? ' (chosen above)' : ''}`;
    })
  );
}

/** Return whether the chosen data source answers. */
export function checkAnswer(facts: Facts): Verdict {
  if (facts.chosen === null) {
    return unknown(ONCE_IT_ANSWERS);
  }
  if (doesAnswer(facts)) {
    return ok(`${facts.chosen.name} answers queries.`);
  }
  const why = refusal(facts, 'exporters') ?? '';
  return missing(
    `${facts.chosen.name} does not answer: every page of this app is empty until it does.`,
    {
      words: 'Does it run? If so, look at its address and its credentials with “Save & test”. The address must be one that the server of Grafana can reach, not only your browser.',
      blocks: [],
      links: [{ text: 'Open the data source', href: `/connections/datasources/edit/${encodeURIComponent(facts.chosen.uid)}` }],
    },
    [why]
  );
}

/** Return whether the server behind the data source is new enough. */
export function checkVersion(facts: Facts): Verdict {
  if (!doesAnswer(facts)) {
    return unknown(ONCE_IT_ANSWERS);
  }
  const scraped = valuesOf(samplesFor(facts, 'prometheusVersion'), 'version')[0];
  const build = facts.build.isKnown ? facts.build.value : null;
  const version = build?.version ?? scraped;
  if (version === undefined) {
    const why = facts.build.isKnown ? '' : ` (${facts.build.why})`;
    return unknown(`Which server answers cannot be told from here${why}. Prometheus ${OLDEST_PROMETHEUS} or newer is what everything is tested on.`);
  }
  if (build !== null && build.application !== '' && build.application !== 'Prometheus') {
    return ok(`${build.application} answers in place of Prometheus.`, [`version ${version}`]);
  }
  if (compareVersions(version, OLDEST_PROMETHEUS) < 0) {
    return attention(
      `Queries and rules are tested on Prometheus ${OLDEST_PROMETHEUS} and newer; this one is older, and some panels may stay empty.`,
      { words: `Update Prometheus to ${OLDEST_PROMETHEUS} or newer.`, blocks: [] },
      [`version ${version}`]
    );
  }
  return ok('Prometheus is new enough.', [`version ${version}`]);
}

/** Return whether the data source knows how often Prometheus scrapes. */
export function checkInterval(facts: Facts): Verdict {
  if (facts.chosen === null || !doesAnswer(facts)) {
    return unknown(ONCE_IT_ANSWERS);
  }
  const scrapes = samplesFor(facts, 'scrapes').filter((sample) => sample.value > 0);
  if (scrapes.length === 0) {
    return unknown(
      hasExporters(facts)
        ? `No exporter has been scraped for ${durationOf(COUNTED_SECONDS)} yet: look again then.`
        : 'It can be told once exporters are scraped.'
    );
  }
  const typed = facts.chosen.timeInterval;
  const told = secondsOf(typed === '' ? DEFAULT_INTERVAL : typed);
  const slowest = scrapes.reduce((least, sample) => (sample.value < least.value ? sample : least));
  const measured = nearestUsual(slowest.value);
  const evidence = [
    `Prometheus scraped ${targetName(slowest)} ${counted(slowest.value, 'time')} in ${durationOf(COUNTED_SECONDS)}: every ${durationOf(measured)}`,
    `data source: ${typed === '' ? `nothing is set, Grafana takes ${DEFAULT_INTERVAL}` : typed}`,
  ];
  if (told !== null && mayBe(told, slowest.value)) {
    return ok('The data source knows how often Prometheus scrapes.', evidence);
  }
  const consequence = told !== null && told > measured
    ? 'rates are smoother than they need be'
    : 'rates have holes: their range holds too few scrapes';
  return attention(
    `The *Scrape interval* of the data source is not that of Prometheus; ${consequence}.`,
    {
      words: `Set the *Scrape interval* of ${facts.chosen.name} to ${durationOf(measured)}, in its settings or in the file that provisions it.`,
      blocks: [scrapeInterval(durationOf(measured))],
      links: [{ text: 'Open the data source', href: `/connections/datasources/edit/${encodeURIComponent(facts.chosen.uid)}` }],
    },
    firstLines(evidence)
  );
}

/** Return the names of other data sources that have exporters, while the chosen one has none. */
export function othersWithExporters(facts: Facts): readonly string[] {
  return facts.sources
    .filter((source) => source.uid !== facts.chosen?.uid && source.exporters.isKnown && source.exporters.value > 0)
    .map((source) => source.name);
}

/** Return whether so many scrapes in ten minutes may come from this interval: one more or less is chance. */
function mayBe(interval: number, scrapes: number): boolean {
  return Math.abs(COUNTED_SECONDS / interval - scrapes) <= Math.max(1, 0.05 * scrapes);
}

function nearestUsual(scrapes: number): number {
  // Ten minutes hold a whole number of scrapes, and on average half of an interval more.
  const measured = COUNTED_SECONDS / (scrapes + 0.5);
  const fitting = USUAL_INTERVALS.filter((interval) => mayBe(interval, scrapes));
  const candidates = fitting.length > 0 ? fitting : [measured];
  return candidates.reduce((best, each) => (Math.abs(Math.log(each / measured)) < Math.abs(Math.log(best / measured)) ? each : best));
}

