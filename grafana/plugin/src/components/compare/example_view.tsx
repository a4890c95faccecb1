/** Frames that are written down in tests, and the view of them. */
import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';
import { screen, within } from '@testing-library/react';
import React from 'react';

import { compareFrames } from '../../data/distributions/comparisons';
import { completeOptions, type CompareOptions } from './compare_options';
import { CompareView } from './compare_view';

type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: unknown];

/** A table as one query answers it. */
export function table(refId: string, samples: readonly Sample[]): DataFrame {
  const names = [...new Set(samples.flatMap(([labels]) => Object.keys(labels)))];
  return toDataFrame({
    refId,
    fields: [
      ...names.map((name) => ({ name, type: FieldType.string, values: samples.map(([labels]) => labels[name] ?? '') })),
      { name: `Value #${refId}`, type: FieldType.number, values: samples.map(([, value]) => value) },
    ],
  });
}

interface Subject {
  readonly feature: string;
  readonly ranges: readonly string[];
  readonly reference?: readonly unknown[];
  readonly current?: readonly unknown[];
}

export const NAMED = ['other', 'unseen', 'missing', 'invalid'];

/** Tables of reference and current rows; a range that is the word of a bin is its id too, but not the first one. */
export function framesOf(...subjects: readonly Subject[]): DataFrame[] {
  const samples = (side: 'reference' | 'current') =>
    subjects.flatMap(({ feature, ranges, [side]: values = [] }) =>
      values.map((value, index): Sample => {
        const range = ranges[index] ?? '';
        const bin = index > 0 && NAMED.includes(range) ? range : String(index).padStart(3, '0');
        const labels = { model_version: '1', variant: 'primary', profile: 'p', feature, bin };
        return [side === 'reference' ? { ...labels, range } : labels, value];
      })
    );
  return [table('reference', samples('reference')), table('current', samples('current'))];
}

export const NUMBERS = ['≤ 0', '0 – 1', '1 – 5', '> 5', 'missing'];
export const USUAL = [10, 20, 30, 5, 1];

interface Setting {
  readonly options?: Partial<CompareOptions>;
  readonly width?: number;
  readonly height?: number;
}

/** The view of what frames hold. */
export function view(frames: readonly DataFrame[], { options = {}, width = 900, height = 600 }: Setting = {}) {
  return (
    <CompareView
      comparisons={compareFrames(frames)}
      options={completeOptions(options)}
      width={width}
      height={height}
      selected={[]}
      onChoose={() => undefined}
    />
  );
}

export const bins = (title: string) => within(screen.getByRole('listbox', { name: `Bins of ${title}` })).getAllByRole('option');
export const told = (title: string) => bins(title).map((bin) => bin.getAttribute('aria-label'));

/** Nothing that is no number may get into the page, nor a size below zero. */
export function expectNumbersOnly() {
  expect(document.body.innerHTML).not.toMatch(/NaN|Infinity|undefined|(width|height|r)="-/);
}
