/** What a row is about: a feature, or an output and its class, of a version of a model. */
import type { Labels } from '@grafana/data';

/** A feature or an output of a model. */
export interface Subject {
  readonly kind: 'feature' | 'output';
  readonly name: string;
  /** '' for features and for outputs without classes. */
  readonly className: string;
  /** '' where the queries do not tell models apart. */
  readonly modelName: string;
}

/** Return the subject of a row, or null where its labels name none. */
export function subjectOf(labels: Labels): Subject | null {
  const modelName = labels.model_name ?? '';
  if (labels.feature) {
    return { kind: 'feature', name: labels.feature, className: '', modelName };
  }
  return labels.output ? { kind: 'output', name: labels.output, className: labels.class ?? '', modelName } : null;
}

/** Return a text that no other subject has, the same in each refresh. */
export function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** Return the key of a subject in the panel. */
export function subjectKey({ modelName, kind, name, className }: Subject): string {
  return keyOf(modelName, kind, name, className);
}

/** Return the subject as people read it: `score · fraud`. */
export function subjectTitle(subject: Subject, namesModel: boolean): string {
  const parts = [namesModel ? subject.modelName : '', subject.name, subject.className];
  return parts.filter((part) => part !== '').join(' · ');
}
