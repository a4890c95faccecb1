/** Rows of one version held against rows of another: two sides, each with bins of its own. */
import type { Comparison, Score, Side } from '../comparison';
import { contributionsOf } from './contributions';
import type { Row, RowsByRole } from './frames';
import { sideOf, stateOf, sum } from './sides';
import { subjectKey, subjectTitle } from './subjects';
import { binsOf, byRows, gatherVariations, othersOf, type Variation } from './variations';

/**
 * Return the comparisons of two versions: `current_a` stands for the reference, `current_b` is what came.
 *
 * The ranges of the bins are told by `reference_a` and `reference_b`; their counts are not drawn. Of several
 * profiles of a version the one with most rows is shown.
 */
export function compareVersions(rows: RowsByRole, scoreOf: ScoreOf): Comparison[] {
  const first = gatherVariations(countsOf(rows.current_a, rows.reference_a));
  const second = gatherVariations(countsOf(rows.current_b, rows.reference_b));
  const keys = new Set([...first.keys(), ...second.keys()]);
  return [...keys].flatMap((key) => pairOf(byRows(first.get(key) ?? []), byRows(second.get(key) ?? []), scoreOf));
}

function countsOf(current: readonly Row[], reference: readonly Row[]) {
  return { reference, expected: [], current };
}

/** Finds the score of a variation. */
type ScoreOf = (variation: Variation) => Score;

function pairOf(first: readonly Variation[], second: readonly Variation[], scoreOf: ScoreOf): Comparison[] {
  const [before, after] = [first[0], second[0]];
  const shown = after ?? before;
  if (!shown) {
    return [];
  }
  const [reference, current] = [currentSide(before), currentSide(after)];
  const isCategorical = [before, after].some((variation) => variation !== undefined && binsOf(variation).isCategorical);
  return [
    {
      key: subjectKey(shown.subject),
      subject: shown.subject.name,
      title: subjectTitle(shown.subject, false),
      isCategorical,
      modelVersion: shown.modelVersion,
      variant: shown.variant,
      profile: shown.profile,
      state: stateOf(reference, current),
      reference,
      expected: null,
      current,
      score: pairScore(scoreOf(shown), reference, current),
      others: [...(before ? othersOf(before, first) : []), ...(after ? othersOf(after, second) : [])],
    },
  ];
}

/**
 * Return what is known of the difference of two versions. How far each has drifted from its own training says
 * nothing about it, so the only score is their PSI, where they have the same bins.
 */
function pairScore(score: Score, reference: Side | null, current: Side | null): Score {
  const terms = reference && current ? contributionsOf(reference, current).flatMap(({ psiTerm }) => psiTerm ?? []) : [];
  const psi = terms.length > 0 ? sum(terms) : null;
  return { ...score, severity: null, effect: null, threshold: null, psi, absentReason: null };
}

function currentSide(variation: Variation | undefined): Side | null {
  return variation && variation.current.size > 0
    ? sideOf(`version ${variation.modelVersion || 'unknown'}`, binsOf(variation).bins, variation.current)
    : null;
}
