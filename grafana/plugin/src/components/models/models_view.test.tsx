import { LoadingState, type PanelData } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { SceneReactObject } from '@grafana/scenes';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { instantTable, courseFrame } from '../../data/models/example_frames';

import { answered, failed } from './example_data';
import { ModelsView } from './models_view';

const of = (model_name: string, model_version = '1') => ({ model_name, model_version, variant: 'primary' });
const two = [
  instantTable('info', [[of('calm'), 1], [of('loud', '2.10'), 1]]),
  instantTable('state', [[of('calm'), 0.1], [of('loud', '2.10'), 10_003]]),
  instantTable('worst', [[of('loud', '2.10'), 3.21]]),
  instantTable('rows', [[of('calm'), 12.34], [of('loud', '2.10'), 0]]),
  courseFrame('trend', of('loud', '2.10'), [0.5, 3]),
];

function show(data: PanelData | undefined) {
  return render(<ModelsView data={data} scene={new SceneReactObject({})} />);
}

/** Return the texts of the rows below the titles. */
function rowTexts() {
  return screen.getAllByRole('row').slice(1).map((row) => within(row).getAllByRole('cell').map((cell) => cell.textContent));
}

const namesOfRows = () => screen.getAllByRole('rowheader').map((cell) => cell.textContent);

test('the model that needs somebody is on top', () => {
  show(answered(two));

  expect(namesOfRows()).toEqual(['loud', 'calm']);
  expect(rowTexts()[0]?.slice(0, 5)).toEqual(['2.10', 'primary', '▲ page', '–', '3.2']);
});

test('what nobody knows is a dash, and nothing is 0 but what is', () => {
  show(answered(two));

  expect(rowTexts()[1]?.[4]).toBe('–');
  expect(rowTexts()[0]?.[8]).toBe('0');
});

test('the course of drift is told in words', () => {
  show(answered(two));

  expect(screen.getByRole('img', { name: 'Worst drift: from 0.5 to 3.0, highest 3.0' })).toBeInTheDocument();
});

test('a title orders by its column, and again in the other direction', async () => {
  show(answered(two));
  const title = () => screen.getByRole('columnheader', { name: /Rows\/min/ });

  await userEvent.click(within(title()).getByRole('button'));
  expect(title()).toHaveAttribute('aria-sort', 'descending');
  expect(namesOfRows()).toEqual(['calm', 'loud']);

  await userEvent.keyboard('{Enter}');
  expect(title()).toHaveAttribute('aria-sort', 'ascending');
  expect(namesOfRows()).toEqual(['loud', 'calm']);
});

test('a row leads to its model and version', async () => {
  const push = jest.spyOn(locationService, 'push').mockImplementation(() => undefined);
  show(answered(two));

  await userEvent.click(screen.getByRole('link', { name: 'loud 2.10 primary' }));

  expect(push).toHaveBeenCalledWith(
    '/a/mlexporter-app/model/overview?var-model_name=loud&var-model_version=2.10&var-variant=primary'
  );
});

test('a click with a key held down is the browser\'s', async () => {
  const push = jest.spyOn(locationService, 'push').mockImplementation(() => undefined);
  show(answered(two));
  const person = userEvent.setup();
  // There is nowhere to go in a test.
  document.addEventListener('click', (event) => event.preventDefault(), { once: true });

  await person.keyboard('{Control>}');
  await person.click(screen.getByRole('link', { name: 'loud 2.10 primary' }));

  expect(push).not.toHaveBeenCalled();
});

test('there is a search above eight models, and it says when nothing is found', async () => {
  const many = Array.from({ length: 9 }, (_, place) => [of(`model_${place}`), 1] as const);
  show(answered([instantTable('info', many)]));

  await userEvent.type(screen.getByRole('textbox', { name: 'Search models' }), 'MODEL_7');
  expect(namesOfRows()).toEqual(['model_7']);

  await userEvent.type(screen.getByRole('textbox', { name: 'Search models' }), 'x');
  expect(screen.getByText('No model has all of these words')).toBeInTheDocument();
});

test('with eight models there is none', () => {
  show(answered([instantTable('info', Array.from({ length: 8 }, (_, place) => [of(`model_${place}`), 1] as const))]));

  expect(screen.queryByRole('textbox')).toBeNull();
});

test('states without data: on their way, none, refused', () => {
  const { rerender } = show(undefined);
  expect(screen.getByText(/Asking Prometheus for models/)).toBeInTheDocument();

  const again = (data: PanelData) => rerender(<ModelsView data={data} scene={new SceneReactObject({})} />);
  again(answered([], LoadingState.Loading));
  expect(screen.getByText(/Asking Prometheus for models/)).toBeInTheDocument();

  again(answered([]));
  expect(screen.getByText('No model reports to this data source')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Setup check' })).toHaveAttribute('href', '/a/mlexporter-app/setup-check');

  again(failed('parse error'));
  expect(screen.getByText('parse error')).toBeInTheDocument();
});

test('one query that fails hides nothing that the others answered', () => {
  show(failed('too many samples', two));

  expect(screen.getByText('too many samples')).toBeInTheDocument();
  expect(namesOfRows()).toEqual(['loud', 'calm']);
});

test('without alert rules nobody knows, and that is counted', () => {
  show(answered([instantTable('state', [[of('calm'), -1000]])]));

  expect(screen.getByRole('group', { name: 'Rules missing: 1' })).toBeInTheDocument();
  expect(screen.getByRole('group', { name: '▲ Page: –' })).toBeInTheDocument();
});
