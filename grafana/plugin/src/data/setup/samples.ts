/** Samples that queries have answered, sorted by what their labels say. */

import { type LabelledValue } from '../models/labelled_values';

/** One series at one moment. */
export type Sample = LabelledValue;

/** Return a label of a sample, or an empty text. */
export function labelOf(sample: Sample, name: string): string {
  return sample.labels[name] ?? '';
}

/** Return the different values of a label, in order. */
export function valuesOf(samples: readonly Sample[], name: string): readonly string[] {
  return [...new Set(samples.map((sample) => labelOf(sample, name)))].sort();
}

/** Return samples in groups that agree in some labels, in the order in which they come. */
export function groupedBy(samples: readonly Sample[], ...names: readonly string[]): ReadonlyArray<readonly [Sample, ...Sample[]]> {
  const groups = new Map<string, [Sample, ...Sample[]]>();
  for (const sample of samples) {
    const key = JSON.stringify(names.map((name) => labelOf(sample, name)));
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [sample]);
    } else {
      group.push(sample);
    }
  }
  return [...groups.values()];
}

/** Return the name of a target, for people: `mlexporter 127.0.0.1:9469`. */
export function targetName(sample: Sample): string {
  return [labelOf(sample, 'job'), labelOf(sample, 'instance')].filter((each) => each !== '').join(' ');
}

/** Return the name of a model, for people: `fares 3`, with its variant where that is not the usual one. */
export function modelName(sample: Sample): string {
  const variant = labelOf(sample, 'variant');
  const name = `${labelOf(sample, 'model_name')} ${labelOf(sample, 'model_version')}`;
  return variant === '' || variant === 'primary' ? name : `${name} (${variant})`;
}

/** Return the first lines, and how many more there are. */
export function firstLines(lines: readonly string[], most = 8): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more`];
}

/** Return a number with its noun: `1 exporter`, `3 exporters`. */
export function counted(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}
