import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { bins, expectNumbersOnly, framesOf, NUMBERS, table, USUAL, view, type Sample } from './example_view';

const MORE = { feature: 'b', ranges: NUMBERS, reference: USUAL, current: USUAL };
const carrier = (names: readonly string[]) => ({
  feature: 'a',
  ranges: [...names, 'other', 'unseen'],
  reference: [...names.map(() => 10), 1, 0],
  current: [...names.map((_, index) => 10 + index), 1, 0],
});

it('a refresh leaves the focus in its subject, and tells of the bin that has it', () => {
  const { rerender } = render(view(framesOf(carrier(['AA', 'DL', 'UA']), MORE)));
  act(() => bins('a')[3]!.focus());
  expect(screen.getByRole('tooltip')).toHaveTextContent('other known categories');

  rerender(view(framesOf(carrier(['AA', 'B6', 'DL', 'UA']), MORE)));

  expect(document.activeElement).toHaveAccessibleName(/^other/);
  expect(screen.getByRole('tooltip')).toHaveTextContent('other known categories');
  expect(document.activeElement).toHaveAttribute('tabindex', '0');
});

it('a refresh leaves the focus where it is when its subject goes out of view', () => {
  const names = Array.from({ length: 60 }, (_, index) => `f${index}`);
  const subjects = (severities: (index: number) => number) => [
    ...framesOf(...names.map((feature) => ({ ...MORE, feature }))),
    table('severity', names.map((feature, index): Sample => [{ model_version: '1', variant: 'primary', feature }, severities(index)])),
  ];
  const setting = { width: 300, height: 400 };
  const { rerender } = render(view(subjects((index) => 100 - index), setting));
  act(() => bins('f0')[1]!.focus());

  rerender(view(subjects((index) => index), setting));

  expect(document.activeElement).toBe(bins('f0')[1]);
});

it('a focus is forgotten with its subject', () => {
  const { rerender } = render(view(framesOf(carrier(['AA', 'DL']), MORE)));
  act(() => bins('a')[0]!.focus());

  rerender(view(framesOf(MORE)));
  rerender(view([]));

  expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
  expect(screen.getByText('No distributions to compare')).toBeInTheDocument();
});

it('options and the size may change under a pointer', async () => {
  const frames = framesOf(carrier(['AA', 'DL']), MORE);
  const { rerender } = render(view(frames));
  await userEvent.hover(bins('a')[1]!);

  rerender(view(frames, { options: { axis: 'equal', columns: 3, measure: 'share' }, width: 500, height: 300 }));
  rerender(view(frames, { width: 0, height: 0 }));
  rerender(view(frames, { width: 1, height: 1 }));

  expect(screen.getByRole('tooltip')).toHaveTextContent('DL');
  expectNumbersOnly();
});

it('the grid follows the order of the options again when that is changed', async () => {
  const nine = framesOf(...['c', 'a', 'b', 'd', 'e', 'f', 'g', 'h', 'i'].map((feature) => ({ ...MORE, feature })));
  const frames = [...nine, table('severity', [[{ model_version: '1', variant: 'primary', feature: 'i' }, 3]])];
  const first = () => screen.getAllByRole('group')[0]!.getAttribute('aria-label')?.charAt(0);
  const { rerender } = render(view(frames));
  await userEvent.click(screen.getByRole('radio', { name: 'Name' }));
  expect(first()).toBe('a');

  rerender(view(frames, { options: { order: 'importance' } }));
  rerender(view(frames, { options: { order: 'severity' } }));

  expect(first()).toBe('i');
});

it('hides its tooltip with the pointer, also where a click left the focus, until a key walks on', async () => {
  const user = userEvent.setup();
  render(view(framesOf(carrier(['AA', 'DL']), MORE)));
  await user.click(bins('a')[0]!);
  expect(screen.getByRole('tooltip')).toHaveTextContent('AA');

  await user.unhover(bins('a')[0]!);
  expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
  expect(document.activeElement).toBe(bins('a')[0]);

  await user.keyboard('{ArrowRight}');
  expect(screen.getByRole('tooltip')).toHaveTextContent('DL');
});

it('leaves the search box to who writes in it, when a refresh brings fewer subjects', async () => {
  const subjects = (count: number) => framesOf(...Array.from({ length: count }, (_, index) => ({ ...MORE, feature: `f${index}` })));
  const { rerender } = render(view(subjects(9)));
  await userEvent.type(screen.getByRole('searchbox'), 'f1');

  rerender(view(subjects(5)));

  expect(document.activeElement).toBe(screen.getByRole('searchbox'));
  expect(screen.getAllByRole('group')).toHaveLength(1);
});
