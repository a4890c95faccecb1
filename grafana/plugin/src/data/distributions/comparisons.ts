/** Rows of queries, joined to comparisons: each subject with its reference, its current rows and its score. */
import type { DataFrame } from '@grafana/data';
import type { Comparison, Score, Side } from '../comparison';
import { readFrames, type RoleNames, type RowsByRole } from './frames';
import { inOrder } from './order';
import { scoreFinder } from './scores';
import { sideOf, stateOf } from './sides';
import { keyOf, subjectKey, subjectTitle } from './subjects';
import {
  binsOf,
  byRows,
  gatherVariations,
  othersOf,
  scoreLabels,
  variationKey,
  variationName,
  type Variation,
} from './variations';
import { compareVersions } from './version_pairs';

/** What the sides are called. */
export interface SideNames {
  readonly reference: string;
  readonly expected: string;
  readonly current: string;
}

export interface ComparisonOptions {
  /** `version` shows each version, variant and profile; otherwise the one with most rows stands for all. */
  readonly facet?: 'none' | 'version';
  readonly names?: Partial<SideNames>;
  /** Roles of queries with other refIds. */
  readonly roles?: RoleNames;
}

const NAMES: SideNames = { reference: 'training', expected: 'expected now', current: 'now' };

/** Return the comparisons that the frames of a panel hold, by name. */
export function compareFrames(frames: readonly DataFrame[], options: ComparisonOptions = {}): Comparison[] {
  return compareRows(readFrames(frames, options.roles), options);
}

/**
 * Return the comparisons that rows hold, by name.
 *
 * Reference and current rows join on model, version, variant, profile, subject and bin. Where there are counts of
 * two versions (`current_a`, `current_b`), these are compared instead, see `version_pairs.ts`.
 */
export function compareRows(rows: RowsByRole, options: ComparisonOptions = {}): Comparison[] {
  const scoreOf = scoreFinder(rows);
  if (rows.current_a.length > 0 || rows.current_b.length > 0) {
    return inOrder(compareVersions(rows, (variation) => scoreOf(scoreLabels(variation))), 'name');
  }
  const names = { ...NAMES, ...options.names };
  const bySubject = [...gatherVariations(rows).values()];
  const namesModel = new Set(bySubject.flat().map(({ subject }) => subject.modelName)).size > 1;
  const comparisons = bySubject.flatMap((all) => {
    const ordered = byRows(all);
    const shown = options.facet === 'version' ? ordered : ordered.slice(0, 1);
    return shown.map((variation) => {
      const made = comparisonOf(variation, ordered, names, scoreOf(scoreLabels(variation)));
      const title = subjectTitle(variation.subject, namesModel);
      return options.facet === 'version'
        ? {
            ...made,
            key: keyOf(made.key, variationKey(variation)),
            title: ordered.length > 1 ? `${title} · ${variationName(variation, ordered)}` : title,
          }
        : { ...made, title, others: othersOf(variation, ordered) };
    });
  });
  return inOrder(comparisons, 'name');
}

/** Return the side that the current rows are held against: what is expected of them, else the reference. */
export function comparedSide({ expected, reference }: Comparison): Side | null {
  return expected && expected.total > 0 ? expected : reference;
}

function comparisonOf(variation: Variation, all: readonly Variation[], names: SideNames, score: Score): Comparison {
  const { bins, isCategorical } = binsOf(variation);
  const side = (name: keyof SideNames) =>
    variation[name].size > 0 ? sideOf(names[name], bins, variation[name]) : null;
  const [reference, expected, current] = [side('reference'), side('expected'), side('current')];
  return {
    key: subjectKey(variation.subject),
    subject: variation.subject.name,
    title: variation.subject.name,
    isCategorical,
    modelVersion: variation.modelVersion,
    variant: variation.variant,
    profile: variation.profile,
    state: stateOf(reference, current, hasOtherProfile(variation, all)),
    reference,
    expected,
    current,
    score,
    others: [],
  };
}

/** True where the same version has a reference, but with the bins of another profile. */
function hasOtherProfile(shown: Variation, all: readonly Variation[]): boolean {
  return all.some(
    (other) =>
      other.modelVersion === shown.modelVersion &&
      other.variant === shown.variant &&
      other.profile !== shown.profile &&
      other.reference.size > 0
  );
}
