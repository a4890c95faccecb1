/** What a panel of a dashboard is about, as its queries say. */

import { catalogue } from '../../catalogue.gen';

/** Variables of our pages, called as the labels. */
interface PanelSubject {
  readonly model_name?: string;
  readonly model_version?: string;
  readonly variant?: string;
  readonly feature?: string;
}

const SUBJECT_LABELS = ['model_name', 'model_version', 'variant', 'feature'] as const;

/** Names that say of which model they are; what every process tells is not ours alone. */
const OURS: ReadonlySet<string> = new Set(
  Object.values(catalogue)
    .filter(({ isOfModel }) => isOfModel)
    .map(({ name }) => name)
);

/** What Prometheus puts behind the name of a histogram. */
const SUFFIX = /_(bucket|count|sum)$/;

/**
 * Return what PromQL expressions ask about, or null where none of them asks for a series of ours.
 *
 * @param expressions - PromQL whose variables have been filled in.
 */
export function panelSubject(expressions: readonly string[]): PanelSubject | null {
  const ours = expressions.filter(asksForOurs);
  if (ours.length === 0) {
    return null;
  }
  const found = SUBJECT_LABELS.flatMap((label) => {
    const values = new Set(ours.flatMap((expression) => valuesOf(expression, label)));
    const [only] = values;
    return values.size === 1 && only !== undefined ? [[label, only] as const] : [];
  });
  return Object.fromEntries(found);
}

function asksForOurs(expression: string): boolean {
  const names = expression.match(/[a-zA-Z_:][a-zA-Z0-9_:]*/g) ?? [];
  // A recorded series has the name that it was made of between colons.
  return names.some((name) => name.split(':').some((part) => OURS.has(part) || OURS.has(part.replace(SUFFIX, ''))));
}

/** Return the values that a label is to have: of `=`, and of `=~` where it is a name rather than a pattern. */
function valuesOf(expression: string, label: string): string[] {
  const matchers = expression.matchAll(new RegExp(`\\b${label}\\s*=(~?)\\s*"((?:[^"\\\\]|\\\\.)*)"`, 'g'));
  return [...matchers].flatMap(([, pattern, value = '']) => {
    const text = value.replace(/\\(.)/g, '$1');
    return text === '' || text.startsWith('$') || (pattern === '~' && /[.*+?|()[\]{}^]/.test(text.replace(/\./g, ''))) ? [] : [text];
  });
}
