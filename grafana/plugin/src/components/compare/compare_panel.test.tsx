import { getDefaultTimeRange, LoadingState, toDataFrame, type PanelProps } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { specimenFrames } from '../../../../../tests/browser/grafana/specimen_frames';
import { DEFAULT_OPTIONS, type CompareOptions } from './compare_options';
import { ComparePanel } from './compare_panel';

function show(options: Partial<CompareOptions> = {}) {
  const series = specimenFrames('three').map((frame) => toDataFrame(frame));
  const props = {
    data: { state: LoadingState.Done, series, timeRange: getDefaultTimeRange() },
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
