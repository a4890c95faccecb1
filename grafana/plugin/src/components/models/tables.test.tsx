import { EmbeddedScene, SceneReactObject, SceneVariableSet, TestVariable } from '@grafana/scenes';
import { render, screen } from '@testing-library/react';
import React from 'react';

import { catalogue } from '../../catalogue.gen';
import { instantTable } from '../../data/models/example_frames';

import { answered, failed } from './example_data';
import { ModelNumbersView } from './model_numbers';
import { QualityTableView } from './quality_table';
import { VersionTableView } from './version_table';

const scene = new SceneReactObject({});

test('numbers say what they are, or why there is none', () => {
  const series = [
    instantTable('worst', [[{}, 17.24]]),
    instantTable('featureSeverity', [[{ feature: 'distance' }, 17.24]]),
  ];
  render(<ModelNumbersView data={answered(series)} scene={scene} />);

  expect(screen.getByRole('group', { name: 'Worst drift: 17.2' })).toHaveTextContent('distance');
  expect(screen.getByRole('group', { name: 'Rows/min: No traffic' })).toBeInTheDocument();
});

test('qualities stand beside their references', () => {
  const metric = { metric: catalogue.RECALL.name };
  render(
    <QualityTableView
      data={answered([instantTable('loss', [[metric, 7.1]]), instantTable('reference', [[metric, 0.354]])])}
      scene={scene}
    />
  );

  expect(screen.getByRole('row', { name: 'Recall 7.1 – – – 0.354' })).toBeInTheDocument();
});

test('without an estimate it is said what an estimate needs', () => {
  render(<QualityTableView data={answered([])} scene={scene} />);

  expect(screen.getByText('No quality is estimated in this window')).toBeInTheDocument();
});

test('a version can be seen beside the one before it', () => {
  const series = [
    instantTable('learned', [[{ model_version: '1', variant: 'primary' }, 100], [{ model_version: '2', variant: 'primary' }, 10]]),
    instantTable('pods', [[{ model_version: '1', variant: 'primary' }, 2], [{ model_version: '2', variant: 'primary' }, 1]]),
  ];
  render(<VersionTableView data={answered(series)} scene={scene} />);

  expect(screen.getByRole('link', { name: 'Compare 1 with 2' })).toHaveAttribute(
    'href',
    '/a/mlexporter-app/versions?var-version_a=1&var-version_b=2'
  );
  expect(screen.getAllByRole('rowheader').map((cell) => cell.textContent)).toEqual(['2', '1']);
});

test('without any model a page says so once, or why it does not know', () => {
  const body = new SceneReactObject({});
  new EmbeddedScene({ $variables: new SceneVariableSet({ variables: [new TestVariable({ name: 'model_name', value: '' })] }), body });

  const { rerender } = render(<ModelNumbersView data={answered([])} scene={body} />);
  expect(screen.getByText('No model reports to this data source')).toBeInTheDocument();

  rerender(<ModelNumbersView data={failed('connection refused')} scene={body} />);
  expect(screen.getByText('connection refused')).toBeInTheDocument();
});
