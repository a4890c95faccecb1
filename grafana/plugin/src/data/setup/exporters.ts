/** Checks of the exporters: are they scraped, up, of one version, and do they count all that they should. */

import { attention, missing, ok, unknown, type Fix, type Verdict } from './check';
import { degradedFix, degradedMeaning } from './degraded';
import { doesAnswer, hasExporters, samplesFor, type Facts } from './facts';
import { RELOAD, SCRAPE_CONFIG, SERVE, SHARED_DIRECTORY, lookAtExporter, upgradeTo } from './fixes';
import { counted, firstLines, groupedBy, labelOf, targetName, valuesOf, type Sample } from './samples';
import { ONCE_IT_ANSWERS, othersWithExporters } from './sources';
import { compareVersions, seriesVersion } from './versions';

/** Return what is said where there is no exporter to look at. */
export function withoutExporters(facts: Facts): Verdict | null {
  if (!doesAnswer(facts)) {
    return unknown(ONCE_IT_ANSWERS);
  }
  return hasExporters(facts) ? null : unknown('It can be told once exporters are scraped.');
}

/** Return whether Prometheus has any series of ours. */
export function checkExporters(facts: Facts): Verdict {
  if (!doesAnswer(facts)) {
    return unknown(ONCE_IT_ANSWERS);
  }
  const exporters = samplesFor(facts, 'exporters');
  if (exporters.length > 0) {
    return ok(
      `${counted(groupedBy(exporters, 'job', 'instance').length, 'exporter')} answered the newest scrape.`,
      firstLines(exporters.map((sample) => `${targetName(sample)}: mlexporter ${labelOf(sample, 'version')}`))
    );
  }
  const lately = samplesFor(facts, 'exportersLately');
  if (lately.length > 0) {
    return missing(
      'There were exporters within the last day, and none is left: every model is unwatched. `MLExporterAbsent` is the alert.',
      whereTheyWent(facts, lately),
      firstLines(lately.map((sample) => `gone: ${targetName(sample)}`))
    );
  }
  const others = othersWithExporters(facts);
  if (others.length > 0) {
    return attention(`${facts.chosen?.name ?? 'This data source'} has no exporter, and ${others.join(' and ')} has.`, {
      words: `Choose ${others.join(' or ')} as *Data source* above.`,
      blocks: [],
    });
  }
  return missing(
    'Prometheus has no series of mlexporter: no exporter is scraped.',
    {
      words: 'Serve the metrics where the model runs, add a scrape job, and let Prometheus read its file again. Where the model runs on another machine, give `serve` `host="0.0.0.0"` and the job the name of that machine.',
      blocks: [SERVE, SCRAPE_CONFIG, RELOAD],
    },
    scrapedInstead(facts)
  );
}

function whereTheyWent(facts: Facts, lately: readonly Sample[]): Fix {
  if (downTargets(facts).length > 0) {
    return { words: 'Prometheus still knows them and gets no answer: *Exporters up and down* says what to do.', blocks: [] };
  }
  const [first] = lately;
  return {
    words: 'Prometheus no longer has them as targets: undo the last change of its scrape jobs, or of what finds targets for it. Does the exporter answer?',
    blocks: first === undefined ? [] : [lookAtExporter(labelOf(first, 'instance'))],
  };
}

function downTargets(facts: Facts): readonly Sample[] {
  return samplesFor(facts, 'up').filter((sample) => sample.value === 0);
}

function scrapedInstead(facts: Facts): readonly string[] {
  const jobs = samplesFor(facts, 'targets');
  if (jobs.length === 0) {
    return ['Prometheus scrapes nothing at all'];
  }
  const down = samplesFor(facts, 'targetsDown').map((sample) => `down: ${targetName(sample)}`);
  const names = jobs.map((sample) => `${labelOf(sample, 'job')} (${counted(sample.value, 'target')})`);
  return firstLines([`Prometheus scrapes: ${names.join(', ')}`, ...down]);
}

/** Return whether every exporter that was there within a day answers. */
export function checkUp(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  const targets = samplesFor(facts, 'up');
  const down = downTargets(facts);
  const [first] = down;
  if (first !== undefined) {
    const [who, what] = down.length === 1 ? ['1 exporter does not answer', 'it counts'] : [`${down.length} exporters do not answer`, 'they count'];
    return missing(
      `${who}, so what ${what} is missing everywhere. \`MLExporterDown\` is the alert.`,
      {
        words: 'Is the service up? Ask the exporter as Prometheus does, then on its own machine: where it answers there only, something is between the two; where it does not, read its log.',
        blocks: [lookAtExporter(labelOf(first, 'instance'))],
      },
      firstLines(down.map((sample) => `down: ${targetName(sample)}`))
    );
  }
  if (nothing !== null) {
    return nothing;
  }
  if (targets.length === 0) {
    return unknown('This store has no series `up`, as where samples are pushed: whether an exporter is down cannot be told from it.');
  }
  return ok('Every exporter of the last day answers, or is no longer a target.', [`up: ${counted(targets.length, 'exporter')}`]);
}

/** Return whether exporters are of one version, and of that of this app. */
export function checkVersions(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  const exporters = samplesFor(facts, 'exporters');
  const versions = valuesOf(exporters, 'version');
  const evidence = firstLines([
    `app: ${facts.pluginVersion}`,
    ...groupedBy(exporters, 'version').map((group) => `mlexporter ${labelOf(group[0], 'version')}: ${counted(group.length, 'exporter')}`),
  ]);
  const newest = versions.reduce((best, each) => (compareVersions(each, best) > 0 ? each : best));
  if (versions.every((each) => seriesVersion(each) === seriesVersion(facts.pluginVersion))) {
    return versions.length === 1
      ? ok('Exporters are of the version of this app.', evidence)
      : attention('Exporters are of several versions. That is normal while a new one is rolled out, and only then.', {
          words: 'Bring the older ones to the newest version.',
          blocks: [upgradeTo(newest)],
        }, evidence);
  }
  if (compareVersions(seriesVersion(newest), seriesVersion(facts.pluginVersion)) > 0) {
    return attention('An exporter is newer than this app, which may look for series that are called otherwise now.', {
      words: `Install version ${newest} of this app, and write the rules again with mlexporter ${newest}.`,
      blocks: [],
      links: [{ text: 'Open the app’s page', href: '/plugins/mlexporter-app' }],
    }, evidence);
  }
  return attention('An exporter is older than this app, which may look for series that it does not have yet.', {
    words: 'Update mlexporter where the model is served, and start the service again.',
    blocks: [upgradeTo(facts.pluginVersion)],
  }, evidence);
}

/** Return whether exporters count for all workers of their server. */
export function checkWorkers(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  const alone = samplesFor(facts, 'singleWorker').filter((sample) => sample.value === 1);
  const workers = samplesFor(facts, 'workers');
  const living = workers.reduce((sum, sample) => sum + sample.value, 0);
  if (alone.length === 0) {
    return ok('Every exporter counts for all workers of its server.', [counted(living, 'living worker')]);
  }
  return missing(
    'Each scrape sees one worker of several, now this one and now that: every count, rate and drift of these servers is too low or wrong.',
    {
      words: 'Let all workers of the server count in one directory on tmpfs: set this before the server starts, and start it again.',
      blocks: [SHARED_DIRECTORY],
    },
    firstLines(alone.map((sample) => `one worker of several: ${targetName(sample)}`))
  );
}

/** Return whether exporters run with all that they were asked for. */
export function checkDegraded(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  const degraded = samplesFor(facts, 'degraded').filter((sample) => sample.value > 0);
  const refused = samplesFor(facts, 'reload').filter((sample) => sample.value === 0);
  if (degraded.length === 0 && refused.length === 0) {
    return ok('No exporter says that something is wrong with its surroundings.');
  }
  const reasons = valuesOf(degraded, 'reason');
  const all = refused.length > 0 && !reasons.includes('config_invalid') ? [...reasons, 'config_invalid'] : reasons;
  return attention(
    all.map(degradedMeaning).join(' '),
    joined(all.map(degradedFix)),
    firstLines([
      ...degraded.map((sample) => `${labelOf(sample, 'reason')}: ${targetName(sample)}`),
      ...refused.map((sample) => `configuration file refused: ${targetName(sample)}`),
    ])
  );
}

/** Return whether mlexporter has had errors of its own within the last hour. */
export function checkInternalErrors(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  const errors = samplesFor(facts, 'internalErrors').filter((sample) => sample.value > 0);
  if (errors.length === 0) {
    return ok('mlexporter has had no errors of its own in the last hour.');
  }
  return attention(
    'mlexporter has had errors of its own: predictions are not affected, and a part of what is counted may be missing. `MLExporterInternalErrors` is the alert.',
    { words: 'The log of the exporter names each kind of error once, with its place. Update mlexporter, and report it if it goes on.', blocks: [] },
    firstLines(errors.map((sample) => `${labelOf(sample, 'stage')}: ${counted(Math.max(1, Math.round(sample.value)), 'error')} in an hour, ${targetName(sample)}`))
  );
}

function joined(fixes: readonly Fix[]): Fix {
  const blocks = fixes.flatMap((fix) => fix.blocks);
  return {
    words: fixes.map((fix) => fix.words).join(' '),
    blocks: blocks.filter((block, place) => blocks.findIndex((each) => each.text === block.text) === place),
  };
}
