/** The whole check of the set-up, worst first. */

import { worstFirst, type Check, type CheckTopic, type Verdict } from './check';
import { checkDegraded, checkExporters, checkInternalErrors, checkUp, checkVersions, checkWorkers } from './exporters';
import { type Facts } from './facts';
import { checkOptions } from './options';
import { checkMixedProfiles, checkProfiles, checkProfileVersions, checkScores } from './profiles';
import { checkAlerts, checkRecording, checkRuleVersion } from './rules';
import { checkAnswer, checkInterval, checkSource, checkVersion } from './sources';
import { checkExemplars } from './traces';

interface Question {
  readonly id: string;
  readonly topic: CheckTopic;
  readonly title: string;
  readonly answer: (facts: Facts) => Verdict;
}

/** What is asked: causes before what follows from them. */
const QUESTIONS: readonly Question[] = [
  { id: 'source', topic: 'Data source', title: 'Data source', answer: checkSource },
  { id: 'answer', topic: 'Data source', title: 'Answers of the data source', answer: checkAnswer },
  { id: 'exporters', topic: 'Exporters', title: 'Exporters', answer: checkExporters },
  { id: 'up', topic: 'Exporters', title: 'Exporters up and down', answer: checkUp },
  { id: 'workers', topic: 'Exporters', title: 'Workers counted', answer: checkWorkers },
  { id: 'degraded', topic: 'Exporters', title: 'Surroundings of exporters', answer: checkDegraded },
  { id: 'internal-errors', topic: 'Exporters', title: 'Errors of mlexporter', answer: checkInternalErrors },
  { id: 'recording', topic: 'Rules and alerts', title: 'Recording rules', answer: checkRecording },
  { id: 'alerts', topic: 'Rules and alerts', title: 'Alerts', answer: checkAlerts },
  { id: 'rule-version', topic: 'Rules and alerts', title: 'Version of the rules', answer: checkRuleVersion },
  { id: 'versions', topic: 'Exporters', title: 'Versions of app and exporters', answer: checkVersions },
  { id: 'profiles', topic: 'Profiles and scores', title: 'Profiles of models', answer: checkProfiles },
  { id: 'mixed-profiles', topic: 'Profiles and scores', title: 'Profiles within a version', answer: checkMixedProfiles },
  { id: 'profile-versions', topic: 'Profiles and scores', title: 'Versions of profiles', answer: checkProfileVersions },
  { id: 'scores', topic: 'Profiles and scores', title: 'Scores of features', answer: checkScores },
  { id: 'interval', topic: 'Data source', title: 'Scrape interval', answer: checkInterval },
  { id: 'prometheus-version', topic: 'Data source', title: 'Version of Prometheus', answer: checkVersion },
  { id: 'exemplars', topic: 'Traces', title: 'From slow calls to traces', answer: checkExemplars },
  { id: 'options', topic: 'Exporters', title: 'Optional parts', answer: checkOptions },
];

/** Return every check, the worst first; of one state causes come before what follows from them. */
export function evaluate(facts: Facts): readonly Check[] {
  return worstFirst(QUESTIONS.map(({ id, topic, title, answer }) => ({ id, topic, title, ...answer(facts) })));
}

/** Checks that are told together, as all of them say the same. */
export interface CheckGroup {
  readonly checks: readonly [Check, ...Check[]];
}

/** From so many checks on that say the same, they are told together. */
const TOGETHER_FROM = 3;

/** Return checks in groups of one, but those together that wait for the same thing. */
export function inGroups(checks: readonly Check[]): readonly CheckGroup[] {
  const groups: Array<{ checks: [Check, ...Check[]] }> = [];
  for (const check of checks) {
    const same = checks.filter(({ state, meaning }) => state === check.state && meaning === check.meaning);
    const group = same.length < TOGETHER_FROM ? undefined : groups.find(({ checks: [first] }) => same.includes(first));
    if (group === undefined) {
      groups.push({ checks: [check] });
    } else {
      group.checks.push(check);
    }
  }
  return groups;
}

/** Return one sentence about all checks. */
export function summary(checks: readonly Check[]): string {
  const count = (state: Check['state']) => checks.filter((check) => check.state === state).length;
  const parts = [
    [count('missing'), 'missing'], [count('attention'), 'to look at'], [count('unknown'), 'unknown'],
    [count('unused'), 'not used'], [count('ok'), 'ok'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`).join(', ');
  return count('missing') + count('attention') === 0 ? `Nothing is wrong: ${said}.` : `${said}.`;
}
