import { getDefaultTimeRange, LoadingState, toDataFrame, type PanelData, type PanelProps } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { specimenFrames } from '../../../../../tests/browser/grafana/specimen_frames';
import { DEFAULT_OPTIONS, type CompareOptions } from './compare_options';
import { ComparePanel } from './compare_panel';

const SERIES = specimenFrames('three').map((frame) => toDataFrame(frame));

function show(options: Partial<CompareOptions> = {}, data: Partial<PanelData> = {}) {
  const props = {
    data: { state: LoadingState.Done, series: SERIES, timeRange: getDefaultTimeRange(), ...data },
    options: { ...DEFAULT_OPTIONS, ...options },
    width: 1200,
    height: 400,
  };
  render(<ComparePanel {...(props as unknown as PanelProps<CompareOptions>)} />);
}

const firstBin = (title: string) => within(screen.getByRole('listbox', { name: `Bins of ${title}` })).getAllByRole('option')[0]!;

beforeEach(() => act(() => locationService.push('/d/some-dashboard')));

it('sets the variable of the dashboard on a click, and outlines what it holds', async () => {
  show();

  await userEvent.click(firstBin('distance'));

  expect(locationService.getSearch().get('var-feature')).toBe('distance');
  expect(screen.getByRole('group', { current: true })).toHaveAccessibleName(/^distance/);
});

it('sets the variable that an option names', async () => {
  show({ variable: 'column' });

  await userEvent.click(screen.getByRole('button', { name: 'taxi_out' }));

  expect(locationService.getSearch().get('var-column')).toBe('taxi_out');
});

it('does nothing where no variable is named', async () => {
  show({ variable: '' });

  await userEvent.click(firstBin('distance'));

  expect(locationService.getSearch().toString()).toBe('');
  expect(screen.queryByRole('button', { name: 'distance' })).not.toBeInTheDocument();
});

it.each(['a,b', 'a"b', 'a\\b', 'a&var-other=1', '$__all', '100 %25', '<b>', 'שלום', '__proto__', 'a+b c', 'a/b?c#d'])('sets %p as it is', async (feature) => {
  const renamed = SERIES.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => (field.name === 'feature' ? { ...field, values: field.values.map((name: unknown) => (name === 'distance' ? feature : name)) } : field)),
  }));
  show({}, { series: renamed });

  await userEvent.click(firstBin(feature));

  expect(locationService.getSearch().getAll('var-feature')).toEqual([feature]);
  expect(locationService.getSearch().get('var-other')).toBeNull();
  expect(screen.getAllByRole('group', { current: true })).toHaveLength(1);
});

it('outlines all that a variable with several values holds', () => {
  act(() => locationService.push('/d/some-dashboard?var-feature=distance&var-feature=taxi_out'));
  show();

  expect(screen.getAllByRole('group', { current: true })).toHaveLength(2);
});

it.each([LoadingState.Loading, LoadingState.Streaming, LoadingState.Error])('draws the rows that there are while the state is %s', (state) => {
  show({}, { state, error: { message: 'timeout' } });

  expect(screen.getAllByRole('group')).toHaveLength(3);
});

it('does not say that there is nothing before the queries have answered', () => {
  show({}, { state: LoadingState.Loading, series: [] });

  expect(screen.getByText('Loading distributions')).toBeInTheDocument();
  expect(screen.queryByText('No distributions to compare')).not.toBeInTheDocument();
});

it('says why there is nothing where queries failed', () => {
  show({}, { state: LoadingState.Error, series: [], errors: [{ message: 'query timed out' }] });

  expect(screen.getByText('The queries failed')).toBeInTheDocument();
  expect(screen.getByText('query timed out')).toBeInTheDocument();
});

it('is drawn with options that were written by hand', () => {
  show({ roles: null, columns: 0, order: 'toString', variable: null } as unknown as Partial<CompareOptions>);

  expect(screen.getAllByRole('group')).toHaveLength(3);
});
