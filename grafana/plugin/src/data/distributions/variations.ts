/** Rows by version, variant and profile: each has counts in bins of its own. */
import { readBins, type BinList } from './bins';
import type { Row } from './frames';
import { numberedRows } from './numbers';
import { NAMES } from './order';
import type { ScoreLabels } from './scores';
import { sum, type Counts } from './sides';
import { keyOf, subjectKey, subjectOf, type Subject } from './subjects';

/** A subject as one version and variant with one profile counts it. */
export interface Variation {
  readonly subject: Subject;
  readonly modelVersion: string;
  readonly variant: string;
  /** Fingerprint of the bins: counts of different profiles never add up. */
  readonly profile: string;
  /** Text of the label `range` by the label `bin`. */
  readonly ranges: ReadonlyMap<string, string>;
  readonly reference: Counts;
  readonly expected: Counts;
  readonly current: Counts;
}

/** Rows of the counts. */
export interface CountRows {
  readonly reference: readonly Row[];
  readonly expected: readonly Row[];
  readonly current: readonly Row[];
}

interface Gathered extends Variation {
  readonly ranges: Map<string, string>;
  readonly reference: Map<string, number>;
  readonly expected: Map<string, number>;
  readonly current: Map<string, number>;
}

/**
 * Return the variations of each subject, by the key of the subject.
 *
 * Several rows of one bin are of several pods: what came is added up, a reference is the same in all of them and
 * the greatest counts. Rows without a subject or a bin are left out. A count that is no number, or below 0, leaves
 * its side without counts: the shares of all its bins are unknown.
 */
export function gatherVariations(rows: CountRows): Map<string, Variation[]> {
  const variations = new Map<string, Gathered>();
  const add = (side: keyof CountRows, join: (before: number, more: number) => number) => {
    for (const { labels, value } of rows[side]) {
      const { bin } = labels;
      const variation = bin ? variationOf(variations, labels) : null;
      if (!bin || !variation) {
        continue;
      }
      const before = variation[side].get(bin);
      const count = value >= 0 ? value : NaN;
      variation[side].set(bin, before === undefined ? count : join(before, count));
      if (labels.range && !variation.ranges.has(bin)) {
        variation.ranges.set(bin, labels.range);
      }
    }
  };
  add('reference', Math.max);
  add('expected', (before, more) => before + more);
  add('current', (before, more) => before + more);
  const bySubject = new Map<string, Variation[]>();
  for (const variation of variations.values()) {
    for (const counts of [variation.reference, variation.expected, variation.current]) {
      if (!Number.isFinite(sum(counts.values()))) {
        counts.clear();
      }
    }
    const key = subjectKey(variation.subject);
    const known = bySubject.get(key);
    if (known) {
      known.push(variation);
    } else {
      bySubject.set(key, [variation]);
    }
  }
  return bySubject;
}

/** Return the variation of a row, made where it is the first one; null where the row has no subject. */
function variationOf(variations: Map<string, Gathered>, labels: Row['labels']): Gathered | null {
  const { model_version: modelVersion = '', variant = '', profile = '', feature = '', output = '' } = labels;
  const ofModel = `${labels.model_name ?? ''}\n${modelVersion}\n${variant}\n${profile}`;
  const key = `${ofModel}\n${feature}\n${output}\n${labels.class ?? ''}`;
  const known = variations.get(key);
  if (known) {
    return known;
  }
  const subject = subjectOf(labels);
  if (!subject) {
    return null;
  }
  const made = {
    subject,
    modelVersion,
    variant,
    profile,
    ranges: new Map<string, string>(),
    reference: new Map<string, number>(),
    expected: new Map<string, number>(),
    current: new Map<string, number>(),
  };
  variations.set(key, made);
  return made;
}

/** Return all bins that a variation has counts in; bins whose range nobody tells are called by their id. */
export function binsOf(variation: Variation): BinList {
  const ids = new Set([
    ...variation.ranges.keys(),
    ...variation.reference.keys(),
    ...variation.expected.keys(),
    ...variation.current.keys(),
  ]);
  return readBins([...ids].map((bin) => ({ bin, range: variation.ranges.get(bin) ?? '' })));
}

/** Return the rows that came. */
function currentRows(variation: Variation): number {
  return sum(variation.current.values());
}

/** Return variations with most current rows first; of as many, those with a reference, then the later version. */
export function byRows(variations: readonly Variation[]): Variation[] {
  return variations
    .map((variation) => ({
      variation,
      rows: currentRows(variation),
      hasReference: sum(variation.reference.values()) > 0,
    }))
    .sort(
      (one, other) =>
        other.rows - one.rows ||
        Number(other.hasReference) - Number(one.hasReference) ||
        laterFirst(one.variation, other.variation)
    )
    .map(({ variation }) => variation);
}

function laterFirst(one: Variation, other: Variation): number {
  const later = NAMES.compare(other.modelVersion, one.modelVersion);
  return later || (variationKey(one) < variationKey(other) ? -1 : 1);
}

/** Return a text that no other variation of the subject has. */
export function variationKey({ modelVersion, variant, profile }: Variation): string {
  return keyOf(modelVersion, variant, profile);
}

/**
 * Return what tells a variation apart from others of its subject: `2013.2`, `2013.2 canary`, or with the
 * beginning of its profile where only that differs.
 */
export function variationName(variation: Variation, all: readonly Variation[]): string {
  const name = versionName(variation);
  const isShared = all.some((other) => other !== variation && versionName(other) === name);
  return isShared ? `${name}, profile ${variation.profile.slice(0, 8) || 'unknown'}` : name;
}

/** `primary` is what serves where nobody says otherwise, so it is not said. */
function versionName({ modelVersion, variant }: Variation): string {
  const shown = variant === 'primary' ? '' : variant;
  return [modelVersion, shown].filter((part) => part !== '').join(' ') || 'unknown version';
}

/** Return the labels by which scores of a variation are found. */
export function scoreLabels({ subject, modelVersion, variant }: Variation): ScoreLabels {
  return {
    model_name: subject.modelName,
    model_version: modelVersion,
    variant,
    feature: subject.kind === 'feature' ? subject.name : '',
    output: subject.kind === 'output' ? subject.name : '',
    class: subject.className,
  };
}

/** Return the other variations in words: `2013.2 canary: 311 rows`. */
export function othersOf(shown: Variation, all: readonly Variation[]): string[] {
  return all
    .filter((variation) => variation !== shown)
    .map((variation) => {
      const rows = variation.current.size > 0 ? numberedRows(currentRows(variation)) : 'no rows';
      return `${variationName(variation, all)}: ${rows}`;
    });
}
