/** Checks of profiles and scores: what drift is measured against, and why a score is not there. */

import { attention, missing, ok, unknown, unused, type Fix, type FixBlock, type Verdict } from './check';
import { withoutExporters } from './exporters';
import { samplesFor, type Facts } from './facts';
import { learnProfile, profileFix } from './fixes';
import { counted, firstLines, groupedBy, labelOf, modelName, targetName, valuesOf, type Sample } from './samples';

const MODEL = ['model_name', 'model_version', 'variant'];

/** Reasons that speak of a fault; too few rows is none. */
const FAULTS: Readonly<Record<string, string>> = {
  profile: 'the profile has too few rows of them',
  overflow: 'there are more rows than can be counted',
  stale: 'the newest evaluation is too old',
  error: 'mlexporter failed to compute them',
};

/** Return whether every model has a profile. */
export function checkProfiles(facts: Facts): Verdict {
  const models = samplesFor(facts, 'models');
  const nothing = withoutModels(facts, models);
  if (nothing !== null) {
    return nothing;
  }
  const without = models.filter((sample) => sample.value === 0);
  if (without.length === 0) {
    return ok('Every model has a profile: drift and data quality are measured.', firstLines(models.map(modelName)));
  }
  const fix: Fix = {
    words: 'Learn a profile from rows that were held out of training, and pass its path to the decorator. Without such rows, `profile="warmup"` in place of the path learns one from the first rows that are served.',
    blocks: without.slice(0, 3).flatMap(profileBlocks),
  };
  const lines = firstLines(without.map((sample) => `without a profile: ${modelName(sample)}`));
  return without.length === models.length
    ? missing('No model has a profile: calls, errors and latency are counted, drift and data quality are not.', fix, lines)
    : attention(`${counted(without.length, 'model has', 'models have')} no profile: drift and data quality of ${without.length === 1 ? 'it' : 'them'} are not measured.`, fix, lines);
}

function profileBlocks(sample: Sample): readonly FixBlock[] {
  const name = labelOf(sample, 'model_name');
  const version = labelOf(sample, 'model_version');
  return [learnProfile(name, version), profileFix(name, version)];
}

/** Return whether the pods of each version measure against one profile. */
export function checkMixedProfiles(facts: Facts): Verdict {
  const profiles = samplesFor(facts, 'profiles');
  const nothing = withoutProfiles(facts, profiles);
  if (nothing !== null) {
    return nothing;
  }
  const mixed = groupedBy(profiles, ...MODEL).filter((group) => valuesOf(group, 'profile').length > 1);
  if (mixed.length === 0) {
    return ok('All pods of a version measure against the same profile.', [counted(groupedBy(profiles, ...MODEL).length, 'version')]);
  }
  return attention(
    'Pods of one version measure against different profiles: their bins do not add up. `MLProfileMismatch` is the alert.',
    {
      words: 'Finish the rollout that stopped halfway, or undo it. A new profile deserves a new version. Pods that learn their own by a warm-up: learn one, and give it to all.',
      blocks: [],
    },
    firstLines(mixed.flatMap((group) =>
      groupedBy(group, 'profile').map((same) => `${modelName(same[0])}: profile ${labelOf(same[0], 'profile')} in ${same.map(targetName).join(', ')}`)
    ))
  );
}

/** Return whether every profile was learned for the version that it is used for. */
export function checkProfileVersions(facts: Facts): Verdict {
  const profiles = samplesFor(facts, 'profiles');
  const nothing = withoutProfiles(facts, profiles);
  if (nothing !== null) {
    return nothing;
  }
  const others = groupedBy(
    profiles.filter((sample) => {
      const learned = labelOf(sample, 'profile_version');
      return learned !== '' && learned !== labelOf(sample, 'model_version');
    }),
    ...MODEL, 'profile_version'
  ).map((group) => group[0]);
  if (others.length === 0) {
    return ok('Every profile was learned for the version that it is used for.');
  }
  return attention(
    'A profile was learned for another version: its rows are not those that this version was trained on, so drift may be that of the training data.',
    { words: 'Learn a profile for this version and put it in place of the old one.', blocks: others.slice(0, 3).map((sample) => learnProfile(labelOf(sample, 'model_name'), labelOf(sample, 'model_version'))) },
    firstLines(others.map((sample) => `${modelName(sample)} has the profile of version ${labelOf(sample, 'profile_version')}`))
  );
}

/** Return whether features have scores, and why not. */
export function checkScores(facts: Facts): Verdict {
  const profiles = samplesFor(facts, 'profiles');
  const nothing = withoutProfiles(facts, profiles);
  if (nothing !== null) {
    return nothing;
  }
  // What has no profile has no score either; that is another check.
  const bare = samplesFor(facts, 'models').filter((sample) => sample.value === 0);
  const absent = samplesFor(facts, 'absent').filter((sample) => sample.value > 0 && !bare.some((each) => isOfModel(each, sample)));
  const faulty = absent.filter((sample) => labelOf(sample, 'reason') !== 'rows');
  if (faulty.length > 0) {
    const reasons = valuesOf(faulty, 'reason');
    return attention(
      `Features have no score, and more rows will not help: ${reasons.map((reason) => FAULTS[reason] ?? reason).join('; ')}.`,
      {
        words: reasons.map(wayOut).join(' '),
        blocks: reasons.includes('profile') ? faulty.filter((sample) => labelOf(sample, 'reason') === 'profile').slice(0, 1).map((sample) => learnProfile(labelOf(sample, 'model_name'), labelOf(sample, 'model_version'))) : [],
      },
      firstLines(faulty.map((sample) => absentLine(sample, facts)))
    );
  }
  const scored = samplesFor(facts, 'scored');
  const waiting = absent.filter((sample) => !scored.some((each) => isOfModel(each, sample)));
  const lines = firstLines([...waiting, ...absent.filter((each) => !waiting.includes(each))].map((sample) => absentLine(sample, facts)));
  if (waiting.length > 0) {
    const versions = groupedBy(waiting, ...MODEL).length;
    return attention(
      `${counted(versions, 'version has', 'versions have')} no score in any window yet: too few rows.`,
      { words: 'Wait for rows, or look at the traffic: with few calls only the long windows fill.', blocks: [] },
      lines
    );
  }
  if (scored.length === 0) {
    return unknown('Neither a score nor a reason why there is none: the first evaluation is still to come, or exporters are older than this.');
  }
  if (absent.length > 0) {
    return unused('Short windows hold too few rows for some features; longer ones have their scores.', null, lines);
  }
  return ok('Every feature has a score in every window.', [counted(groupedBy(scored, ...MODEL).length, 'version')]);
}

function wayOut(reason: string): string {
  switch (reason) {
    case 'profile':
      return 'Learn the profile from more rows: each feature needs some dozens that have a value.';
    case 'stale':
      return 'The process that evaluates hangs or is gone (`MLEvaluationStalled`): read its log, and start the service again.';
    case 'error':
      return 'The log of the exporter has the error; it is counted as well (`MLExporterInternalErrors`).';
    case 'overflow':
      return 'Start the service again: counts begin anew.';
    default:
      return 'The log of the exporter says more.';
  }
}

function absentLine(sample: Sample, facts: Facts): string {
  const window = labelOf(sample, 'window');
  const reason = labelOf(sample, 'reason');
  const start = `${modelName(sample)}, ${window}: ${counted(sample.value, 'feature')} without a score`;
  if (reason !== 'rows') {
    return `${start} (${reason})`;
  }
  const required = samplesFor(facts, 'requiredRows').find((each) => isOfModel(each, sample) && labelOf(each, 'window') === window);
  const fewest = samplesFor(facts, 'absentRows').find((each) => isOfModel(each, sample) && labelOf(each, 'window') === window);
  if (required === undefined) {
    return start;
  }
  const rows = Math.round(fewest?.value ?? 0);
  const needed = Math.round(required.value);
  // Each exporter judges its own rows; the number is that of the one with most.
  return rows < needed ? `${start}: ${rows} of ${needed} rows` : `${start}: fewer than ${needed} rows in one of the exporters`;
}

function isOfModel(one: Sample, other: Sample): boolean {
  return MODEL.every((name) => labelOf(one, name) === labelOf(other, name));
}

function withoutModels(facts: Facts, models: readonly Sample[]): Verdict | null {
  return withoutExporters(facts) ?? (models.length === 0
    ? missing('Exporters are scraped, and monitor no model: nothing has been called yet, or nothing is decorated.', {
        words: 'Put the decorator above the function that predicts, and call it once.',
        blocks: [{ place: 'Python, above the function that predicts', text: '@mlexporter.monitor(model="fares", version="1")' }],
      })
    : null);
}

function withoutProfiles(facts: Facts, profiles: readonly Sample[]): Verdict | null {
  return withoutExporters(facts) ?? (profiles.length === 0 ? unused('No model has a profile.', null) : null);
}
