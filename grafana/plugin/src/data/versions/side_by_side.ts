/** Two versions of a model in numbers, side by side, with their differences. */

import { type DataFrame } from '@grafana/data';

import { labelledValues, type LabelledValue } from '../models/labelled_values';
import { toneOfAny, toneOfSeverity, type Tone } from '../models/tones';
import { UNKNOWN, asAmount, asCount, asDuration, asRatio, asShare } from '../models/numbers';

/** One number of both versions; what is null is not known. */
export interface MeasureRow {
  readonly id: string;
  readonly title: string;
  /** What it says, and when it is bad. */
  readonly meaning: string;
  readonly a: number | null;
  readonly b: number | null;
  readonly textA: string;
  readonly textB: string;
  readonly toneA: Tone;
  readonly toneB: Tone;
  /** What B is beside A, in words: `1.4 times slower`. */
  readonly difference: string;
  readonly differenceTone: Tone;
  /** Whether A would stand out beside B. */
  readonly isBetter: boolean;
}

/** One side: a version, in the variant in which it takes most rows. */
export interface VersionSide {
  readonly version: string;
  readonly variant: string;
  /** Other variants of the version, which are not in the table. */
  readonly otherVariants: readonly string[];
  /** Version that its profile was learned for; null where it has none. */
  readonly profileVersion: string | null;
  /** Fingerprint of the bins. */
  readonly profile: string | null;
}

/** Both. */
export interface SideBySide {
  readonly a: VersionSide;
  readonly b: VersionSide;
  readonly rows: readonly MeasureRow[];
}

interface Difference {
  readonly text: string;
  readonly tone: Tone;
}

interface Measure {
  /** refId of its query. */
  readonly id: string;
  readonly title: string;
  readonly meaning: string;
  readonly write: (value: number | null) => string;
  readonly toneOf: (value: number | null) => Tone;
  readonly compare: (a: number, b: number) => Difference;
}

const CALM: Difference['tone'] = 'calm';
const EQUAL: Difference = { text: 'no difference', tone: CALM };

const MEASURES: readonly Measure[] = [
  { id: 'share', title: 'Traffic', meaning: 'Share of the rows of the model.', write: asShare, toneOf: () => CALM, compare: factor('as many rows') },
  { id: 'rows', title: 'Rows a minute', meaning: 'Rows accepted, all pods together.', write: asAmount, toneOf: () => CALM, compare: factor('as many rows') },
  {
    id: 'errors', title: 'Errors', meaning: 'Share of the calls that raised. MLCanaryWorse judges a canary.', write: asShare, toneOf: () => CALM,
    compare: points(0.005, 0.01, 0.05),
  },
  {
    id: 'latency', title: 'p95', meaning: '95 of 100 calls are faster.', write: asDuration, toneOf: () => CALM,
    compare: slower(1.25, 1.5, 2),
  },
  {
    id: 'worst', title: 'Worst drift', meaning: 'Largest severity of any feature or output, in any window, each version against its own profile; from 1 on it has drifted.',
    write: asRatio, toneOf: toneOfSeverity, compare: gap('higher', 'lower', 0.5, 1, 3),
  },
  { id: 'drifted', title: 'Drifted features', meaning: 'Features beyond their threshold in some window.', write: asCount, toneOf: toneOfAny, compare: gap('more', 'fewer', 1, 3, 10, asCount) },
  { id: 'data', title: 'Bad data', meaning: 'Features with more bad values than their threshold allows.', write: asCount, toneOf: toneOfAny, compare: gap('more', 'fewer', 1, 3, 10, asCount) },
  {
    id: 'quality', title: 'Quality loss', meaning: 'How far quality is below its reference, for sure, in tolerances; from 1 on the model is worse.',
    write: asRatio, toneOf: toneOfSeverity, compare: gap('more', 'less', 0.25, 0.5, 1),
  },
  { id: 'pods', title: 'Exporters', meaning: 'Exporters that tell of the version.', write: asCount, toneOf: () => CALM, compare: gap('more', 'fewer', Infinity, Infinity, Infinity, asCount) },
  { id: 'loaded', title: 'Newest start', meaning: 'Time since the newest of its workers began.', write: asDuration, toneOf: () => CALM, compare: () => ({ text: '', tone: CALM }) },
];

/** Return the numbers of two versions. */
export function sideBySide(series: readonly DataFrame[], versionA: string, versionB: string): SideBySide {
  const rows = labelledValues(series, 'rows');
  const profiles = labelledValues(series, 'profile');
  const a = sideOf(versionA, rows, profiles);
  const b = sideOf(versionB, rows, profiles);
  return {
    a,
    b,
    rows: MEASURES.map((measure) => {
      const values = labelledValues(series, measure.id);
      const [first, second] = [valueFor(values, a), valueFor(values, b)];
      const difference = first === null || second === null ? { text: UNKNOWN, tone: CALM } : measure.compare(first, second);
      return {
        id: measure.id,
        title: measure.title,
        meaning: measure.meaning,
        a: first,
        b: second,
        textA: measure.write(first),
        textB: measure.write(second),
        toneA: measure.toneOf(first),
        toneB: measure.toneOf(second),
        difference: difference.text,
        differenceTone: difference.tone,
        isBetter: first !== null && second !== null && isLoud(measure.compare(second, first).tone),
      };
    }),
  };
}

/** Return what of B is clearly worse or better, in a sentence or two. */
export function verdictOf({ a, b, rows }: SideBySide): string {
  if (!rows.some((row) => row.a !== null && row.b !== null)) {
    return `Nothing is known of ${a.version} and ${b.version} at the same time.`;
  }
  const worse = listed(rows.filter(({ differenceTone }) => isLoud(differenceTone)));
  const better = listed(rows.filter(({ isBetter }) => isBetter));
  const [one, other] = [`Version ${b.version}`, `version ${a.version}`];
  if (worse !== '' && better !== '') {
    return `${one} is in part worse than ${other}, in part better. Worse: ${worse}. Better: ${better}.`;
  }
  if (worse === '' && better === '') {
    return `${one} is no worse than ${other} in what is known of both.`;
  }
  const said = worse === '' ? better : worse;
  return `${one} is ${worse === '' ? 'better' : 'worse'} than ${other}. ${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}

function isLoud(tone: Tone): boolean {
  return tone === 'bad' || tone === 'worse';
}

function listed(rows: readonly MeasureRow[]): string {
  return rows.map((row) => `${row.title.charAt(0).toLowerCase()}${row.title.slice(1)}: ${row.difference}`).join('; ');
}

function sideOf(version: string, rows: readonly LabelledValue[], profiles: readonly LabelledValue[]): VersionSide {
  const own = rows.filter(({ labels }) => labels['model_version'] === version).sort((one, other) => other.value - one.value);
  const profile = profiles.filter(({ labels }) => labels['model_version'] === version);
  const variant = own[0]?.labels['variant'] ?? profile[0]?.labels['variant'] ?? '';
  const used = profile.find(({ labels }) => labels['variant'] === variant);
  return {
    version,
    variant,
    otherVariants: own.slice(1).map(({ labels }) => labels['variant'] ?? ''),
    profileVersion: used?.labels['profile_version'] ?? null,
    profile: used?.labels['profile'] ?? null,
  };
}

function valueFor(values: readonly LabelledValue[], { version, variant }: VersionSide): number | null {
  return values.find(({ labels }) => labels['model_version'] === version && (labels['variant'] ?? '') === variant)?.value ?? null;
}

function toneBy(size: number, watch: number, bad: number, worse: number): Tone {
  return size >= worse ? 'worse' : size >= bad ? 'bad' : size >= watch ? 'watch' : 'calm';
}

function factor(words: string): Measure['compare'] {
  return (a, b) => {
    if (a <= 0 || b <= 0) {
      return { text: a === b ? EQUAL.text : UNKNOWN, tone: CALM };
    }
    const times = b / a;
    return Math.abs(times - 1) < 0.005 ? EQUAL : { text: `${asRatio(times).replace(/^0(\.0)?$/, 'under 0.05')} times ${words}`, tone: CALM };
  };
}

function slower(watch: number, bad: number, worse: number): Measure['compare'] {
  return (a, b) => {
    if (a <= 0 || b <= 0) {
      return { text: UNKNOWN, tone: CALM };
    }
    const times = b / a;
    if (times > 0.95 && times < 1.05) {
      return EQUAL;
    }
    const percent = (part: number) => `${Math.round(part * 100)}%`;
    return times > 1
      ? { text: times < 2 ? `${percent(times - 1)} slower` : `${asRatio(times)} times slower`, tone: toneBy(times, watch, bad, worse) }
      : { text: `${percent(1 - times)} faster`, tone: CALM };
  };
}

function points(watch: number, bad: number, worse: number): Measure['compare'] {
  return (a, b) => {
    const difference = b - a;
    if (Math.abs(difference) < 0.00005) {
      return EQUAL;
    }
    const size = (100 * Math.abs(difference)).toFixed(2);
    return difference > 0 ? { text: `${size} points more`, tone: toneBy(difference, watch, bad, worse) } : { text: `${size} points fewer`, tone: CALM };
  };
}

function gap(more: string, less: string, watch: number, bad: number, worse: number, write: Measure['write'] = asRatio): Measure['compare'] {
  return (a, b) => {
    const difference = b - a;
    const text = write(Math.abs(difference));
    if (difference === 0 || Number(text) === 0) {
      return EQUAL;
    }
    return difference > 0 ? { text: `${text} ${more}`, tone: toneBy(difference, watch, bad, worse) } : { text: `${text} ${less}`, tone: CALM };
  };
}
