/** Checks of the rules: are they loaded, are they evaluated, are they of this version. */

import { attention, missing, ok, unknown, type Fix, type Verdict } from './check';
import { spokenDuration } from './durations';
import { withoutExporters } from './exporters';
import { samplesFor, type Facts, type LoadedRule } from './facts';
import { LOAD_RULES, RELOAD, WRITE_RULES } from './fixes';
import { counted, firstLines, labelOf, type Sample } from './samples';

/** Seconds after which a recorded series is old: rules are evaluated every minute or more often. */
const STALE_SECONDS = 600;

/** Groups that have something to record as soon as a model is called, with no profile and no objective. */
const ALWAYS_RECORDED = ['mlexporter-service', 'mlexporter-features'];

const LOAD: Fix = {
  words: 'Write the rule files (`pip install mlexporter` brings the command; the two files can be copied from another machine), name them in the configuration of Prometheus, and let it read that again. Of `rule_files` there may be one only: add the two lines to yours if there is one.',
  blocks: [WRITE_RULES, LOAD_RULES, RELOAD],
};

const LOAD_TOGETHER: Fix = {
  words: 'Load `rules.yaml` together with the recording rules: the same steps as above bring both.',
  blocks: [],
};

const REWRITE: Fix = {
  words: 'Write the rule files again with the mlexporter that runs, and let Prometheus read them.',
  blocks: [WRITE_RULES, RELOAD],
};

/** Return whether recording rules are loaded and evaluated. */
export function checkRecording(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  const ages = samplesFor(facts, 'ruleAge');
  const loaded = ourRecordings(facts);
  const fresh = ages.filter((sample) => sample.value <= STALE_SECONDS);
  const failing = loaded.filter((rule) => rule.error !== '');
  if (failing.length > 0) {
    return attention(
      `${counted(failing.length, 'recording rule fails', 'recording rules fail')}: panels that read them have holes.`,
      REWRITE,
      firstLines(failing.map((rule) => `${rule.name}: ${rule.error}`), 5)
    );
  }
  if (ages.length === 0) {
    if (loaded.length > 0) {
      return attention('Recording rules are loaded, and have recorded nothing yet.', {
        words: 'They are evaluated every minute: look again in a moment. If it stays so, nobody calls the models.',
        blocks: [],
      }, [counted(loaded.length, 'recording rule')]);
    }
    return missing(
      'No recording rule of mlexporter has recorded anything: courses over time, error budgets and drift of whole models are empty.',
      LOAD,
      facts.rules.isKnown ? [`Prometheus has loaded ${counted(facts.rules.value.length, 'rule')}, none of them ours`] : []
    );
  }
  if (fresh.length === 0) {
    const newest = Math.min(...ages.map((sample) => sample.value));
    return missing(`Recording rules recorded nothing for ${spokenDuration(newest)}: they are no longer loaded, or Prometheus does not evaluate them.`, LOAD, ageLines(ages));
  }
  const absent = ALWAYS_RECORDED.filter((group) => !fresh.some((sample) => labelOf(sample, 'group') === group));
  if (absent.length > 0) {
    return attention(`A part of the recording rules is missing: ${absent.join(', ')}.`, REWRITE, ageLines(ages));
  }
  return ok('Recording rules are loaded and evaluated.', ageLines(ages));
}

/** Return whether alerts are evaluated, as the one that always fires tells. */
export function checkAlerts(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  if (samplesFor(facts, 'watchdog').length > 0) {
    const alerts = facts.rules.isKnown ? facts.rules.value.filter((rule) => !rule.isRecording && isOurs(rule)) : [];
    const failing = alerts.filter((rule) => rule.error !== '');
    if (failing.length > 0) {
      return attention(
        `${counted(failing.length, 'alert fails', 'alerts fail')} to be evaluated and can not fire.`,
        REWRITE,
        firstLines(failing.map((rule) => `${rule.name}: ${rule.error}`), 5)
      );
    }
    return ok('Alerts are evaluated: `MLWatchdog`, which always fires, does.', alerts.length > 0 ? [counted(alerts.length, 'alert')] : []);
  }
  if (facts.rules.isKnown && facts.rules.value.some((rule) => !rule.isRecording && isOurs(rule))) {
    return attention('Alerts are loaded, and `MLWatchdog`, which always fires, does not yet: it waits a minute.', {
      words: 'Look again in two minutes. If it stays so, Prometheus does not evaluate rules: its log says why.',
      blocks: [],
    });
  }
  const fix = checkRecording(facts).fix === LOAD ? LOAD_TOGETHER : LOAD;
  return missing('`MLWatchdog`, which always fires, does not: alerts are not loaded, and nobody is told of anything.', fix);
}

/** Return whether the rules are those that this version writes. */
export function checkRuleVersion(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  if (!facts.rules.isKnown) {
    return unknown(`Which rules are loaded cannot be told from here (${facts.rules.why}).`);
  }
  const loaded = new Set(facts.rules.value.map((rule) => rule.name));
  const expected = Object.values(facts.generated.groups).flat();
  if (!expected.some((name) => loaded.has(name))) {
    return unknown(
      samplesFor(facts, 'ruleAge').length > 0
        ? 'The data source has what the rules record, and lists no rules: another server evaluates them, and knows which they are.'
        : 'It can be told once the rules are loaded.'
    );
  }
  const absent = expected.filter((name) => !loaded.has(name));
  if (absent.length > 0) {
    return attention(
      `The loaded rules were written by another version: ${counted(absent.length, 'recorded series', 'recorded series')} that this app reads ${absent.length === 1 ? 'is' : 'are'} not among them.`,
      REWRITE,
      firstLines(absent.map((name) => `not recorded: ${name}`))
    );
  }
  return ok(`The loaded rules record all that version ${facts.pluginVersion} reads.`, [counted(expected.length, 'recorded series', 'recorded series')]);
}

function ourRecordings(facts: Facts): readonly LoadedRule[] {
  return facts.rules.isKnown ? facts.rules.value.filter((rule) => rule.isRecording && isOurs(rule)) : [];
}

function isOurs(rule: LoadedRule): boolean {
  return rule.group.startsWith('mlexporter');
}

function ageLines(ages: readonly Sample[]): readonly string[] {
  return ages.map((sample) => `${labelOf(sample, 'group')}: recorded ${spokenDuration(sample.value)} ago`);
}
