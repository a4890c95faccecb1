import { toDataFrame } from '@grafana/data';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { specimenFrames, type SpecimenName } from '../../../../../tests/browser/grafana/specimen_frames';
import { compareFrames } from '../../data/distributions/comparisons';
import { completeOptions, type CompareOptions } from './compare_options';
import { CompareView } from './compare_view';

interface Setting {
  readonly options?: Partial<CompareOptions>;
  readonly width?: number;
  readonly height?: number;
  readonly selected?: string;
  readonly subjects?: readonly string[];
}

function show(name: SpecimenName, setting: Setting = {}) {
  const { options = {}, width = 1200, height = 800, selected, subjects } = setting;
  const comparisons = compareFrames(specimenFrames(name).map((frame) => toDataFrame(frame)));
  const shown = subjects ? comparisons.filter(({ subject }) => subjects.includes(subject)) : comparisons;
  const onChoose = jest.fn();
  render(
    <CompareView
      comparisons={shown}
      options={completeOptions(options)}
      width={width}
      height={height}
      selected={selected === undefined ? [] : [selected]}
      onChoose={onChoose}
    />
  );
  return onChoose;
}

const groups = () => screen.getAllByRole('group').map((group) => group.getAttribute('aria-label')?.split(':')[0]);
const bins = (title: string) => within(screen.getByRole('listbox', { name: `Bins of ${title}` })).getAllByRole('option');

describe('small multiples', () => {
  it('stand in the order of their severity, those that do not alert and those without a score last', () => {
    show('flights');

    expect(groups().slice(0, 3)).toEqual(['taxi_out', 'distance', 'carrier']);
    expect(groups().slice(-3)).toEqual(['row_number', 'pressure', 'visibility']);
  });

  it('follow the order that is chosen', async () => {
    show('flights');

    await userEvent.click(screen.getByRole('radio', { name: 'Name' }));

    expect(groups()[0]).toBe('carrier');
  });

  it('say what they show in one sentence', () => {
    show('flights');

    expect(screen.getByRole('group', { name: /^carrier: drift 2\.9 times its threshold; largest change: unseen: 13 % instead of 0 %/ })).toBeInTheDocument();
  });

  it('are counted above the threshold of the alert', () => {
    show('flights');

    expect(screen.getByText('5 of 12 above the alert threshold · 2 without a score')).toBeInTheDocument();
  });

  it('mark the one that the variable holds', () => {
    show('flights', { selected: 'carrier' });

    expect(screen.getByRole('group', { current: true })).toHaveAccessibleName(/^carrier/);
  });

  it('show missing values apart where they rose', () => {
    show('flights');

    expect(bins('wind_speed').at(-1)).toHaveAccessibleName(/^missing: 34 % instead of 1 %/);
  });

  it('say that what is excluded does not alert, and how many rows lack for a score', () => {
    show('flights');

    expect(screen.getByText('not alerted on')).toBeInTheDocument();
    expect(screen.getByText('42 of 100 rows')).toBeInTheDocument();
    expect(screen.getByText(/bins of another profile/)).toBeInTheDocument();
  });

  it('name other versions of the same feature', () => {
    show('versions');

    expect(screen.getByText(/also 2013\.1: \d+ rows/)).toBeInTheDocument();
  });
});

describe('many subjects', () => {
  const SMALL = { width: 600, height: 500 };
  const drawn = () => screen.getAllByRole('listbox').length;

  it('are in the page only where they are seen', () => {
    show('many', SMALL);

    expect(drawn()).toBeLessThan(15);
  });

  it('come when they are scrolled to', () => {
    show('many', SMALL);
    const before = groups();
    const scrolled = screen.getByRole('list', { name: /Distributions/ }).parentElement!;

    fireEvent.scroll(scrolled, { target: { scrollTop: 5000 } });

    expect(groups()).not.toEqual(before);
    expect(drawn()).toBeLessThan(15);
  });

  it('are found by a part of their name', async () => {
    show('many', SMALL);

    await userEvent.type(screen.getByRole('searchbox', { name: 'Search by name' }), '148');

    expect(groups()).toEqual(['sensor_148']);
  });

  it('say that no name was found', async () => {
    show('many', SMALL);

    await userEvent.type(screen.getByRole('searchbox', { name: 'Search by name' }), 'zzz');

    expect(screen.getByText('No name has “zzz” in it')).toBeInTheDocument();
  });

  it('have no search box where an option forbids it, or where there are few', () => {
    show('many', { ...SMALL, options: { showSearch: false } });
    show('three');

    expect(screen.queryByRole('searchbox')).not.toBeInTheDocument();
  });
});

describe('bins', () => {
  it('tell both shares beside a pointer', async () => {
    show('flights');

    await userEvent.hover(bins('carrier')[2]!);

    const tooltip = screen.getByRole('tooltip');
    expect(tooltip).toHaveTextContent('AA');
    expect(tooltip).toHaveTextContent(/Now10 %318 rows/);
    expect(tooltip).toHaveTextContent(/Training19 %reference/);
    expect(tooltip).toHaveTextContent(/Difference−9.3 points/);
    expect(tooltip).toHaveTextContent(/Part of the drift/);
  });

  it('choose their subject when they are clicked', async () => {
    const onChoose = show('flights');

    await userEvent.click(bins('distance')[3]!);

    expect(onChoose).toHaveBeenCalledWith('distance');
  });

  it('are one stop of the tab key for each plot: the bin that changed most', () => {
    show('flights');

    const stops = bins('carrier').filter((bin) => bin.tabIndex === 0);
    expect(stops.map((bin) => bin.getAttribute('aria-label'))).toEqual([expect.stringMatching(/^unseen/)]);
  });

  it('are walked over by arrow keys, and Enter chooses', async () => {
    const onChoose = show('flights', { subjects: ['carrier', 'distance'] });
    const user = userEvent.setup();

    act(() => bins('carrier')[0]!.focus());
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(document.activeElement).toHaveAccessibleName(/^AA: /);
    expect(screen.getByRole('tooltip')).toHaveTextContent('AA');
    expect(screen.getByRole('table', { name: 'Shares of rows of carrier' })).toBeInTheDocument();

    await user.keyboard('{End}{Home}{Enter}');
    expect(document.activeElement).toHaveAccessibleName(/^WN: /);
    expect(onChoose).toHaveBeenCalledWith('carrier');

    await user.keyboard('{Escape}');
    expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
  });
});

describe('one subject', () => {
  it('fills the panel, with heights, contributions and a table', () => {
    show('single', { height: 420 });

    expect(screen.getByText('share of rows per 100')).toBeInTheDocument();
    expect(screen.getByText('Part of the drift', { selector: 'text' })).toBeInTheDocument();
    expect(screen.getByRole('table', { name: 'Shares of rows of distance' })).toBeInTheDocument();
    expect(screen.getByText('Expected now')).toBeInTheDocument();
  });

  it('is drawn in the smallest panel', () => {
    show('single', { width: 200, height: 120 });

    expect(bins('distance').length).toBeGreaterThan(10);
    expect(screen.queryByRole('list', { name: 'Legend' })).not.toBeInTheDocument();
  });
});

describe('what is unknown', () => {
  it('is said, with queries to copy, where there is no data', () => {
    show('empty');

    expect(screen.getByText('No distributions to compare')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Copy the query reference' })).toBeInTheDocument();
  });

  it.each<[SpecimenName, string]>([
    ['only-reference', 'no counts in this window'],
    ['only-current', 'no reference to compare with'],
    ['not-numbers', 'no counts in this window'],
  ])('is said where there is %s', (name, text) => {
    show(name);

    expect(screen.getAllByText(new RegExp(text)).length).toBeGreaterThan(0);
    expect(document.body).not.toHaveTextContent('NaN');
    expect(document.body.innerHTML).not.toContain('NaN');
  });
});
