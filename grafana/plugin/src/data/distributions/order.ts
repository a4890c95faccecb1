/** The order of the small multiples, and the search among them. */
import type { Comparison } from '../comparison';

export type Order = 'severity' | 'name' | 'importance';

/**
 * Return the comparisons in an order; those that are as high stay by name.
 *
 * `severity`: most drift first, then subjects that do not alert, last those without a score, by their PSI.
 * `importance`: most important first, unknown last.
 */
export function inOrder(comparisons: readonly Comparison[], order: Order): Comparison[] {
  const byName = [...comparisons].sort((one, other) => NAMES.compare(one.title, other.title));
  switch (order) {
    case 'name':
      return byName;
    case 'importance':
      return byName.sort((one, other) => descending(one.score.importance, other.score.importance));
    case 'severity':
      return byName.sort(
        (one, other) =>
          rankOf(one) - rankOf(other) ||
          descending(one.score.severity, other.score.severity) ||
          descending(one.score.psi, other.score.psi)
      );
  }
}

/** Return those whose title holds every word of the text, in whatever case; all of them for no text. */
export function matching(comparisons: readonly Comparison[], text: string): Comparison[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return comparisons.filter(({ title }) => {
    const lower = title.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}

/** Names and versions as people order them: digits by their value, so 2024.10 is later than 2024.9. */
export const NAMES = new Intl.Collator('en', { numeric: true });

/** 0 for a score, 1 for a score that does not alert, 2 for none. */
function rankOf({ score }: Comparison): number {
  if (score.severity === null) {
    return 2;
  }
  return score.isExcluded ? 1 : 0;
}

function descending(one: number | null, other: number | null): number {
  if (one === null || other === null) {
    return Number(one === null) - Number(other === null);
  }
  return other - one;
}
