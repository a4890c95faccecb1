import type { PanelData } from '@grafana/data';
import { EmbeddedScene, SceneReactObject, SceneVariableSet, TestVariable } from '@grafana/scenes';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { instantTable } from '../../data/models/example_frames';

import { answered } from './example_data';
import { FeatureListView } from './feature_list';

function show(data: PanelData) {
  const body = new SceneReactObject({});
  new EmbeddedScene({
    $variables: new SceneVariableSet({ variables: [new TestVariable({ name: 'model_name', value: 'flights' })] }),
    body,
  });
  return render(<FeatureListView data={data} scene={body} />);
}

const names = () => screen.getAllByRole('rowheader').map((cell) => cell.textContent);

test('a feature leads to its page, of the same model', () => {
  show(answered([instantTable('severity', [[{ feature: 'distance', window: '24h' }, 8.6]])]));

  expect(screen.getByRole('link', { name: 'distance' })).toHaveAttribute(
    'href',
    '/a/mlexporter-app/feature?var-model_name=flights&var-feature=distance'
  );
  expect(screen.getByText('of 24h')).toBeInTheDocument();
});

test('ten are shown, then all, and a search looks into all', async () => {
  const many = Array.from({ length: 14 }, (_, place) => [{ feature: `f${String(place).padStart(2, '0')}` }, 14 - place] as const);
  show(answered([instantTable('severity', many)]));
  expect(names()).toHaveLength(10);

  await userEvent.type(screen.getByRole('textbox', { name: 'Search features' }), 'f13');
  expect(names()).toEqual(['f13']);

  await userEvent.clear(screen.getByRole('textbox'));
  await userEvent.click(screen.getByRole('button', { name: 'Show all 14 features' }));
  expect(names()).toHaveLength(14);
});

test('what has no score says why, and what is excluded says so', () => {
  show(
    answered([
      instantTable('absent', [[{ feature: 'quiet', reason: 'rows' }, 1]]),
      instantTable('excluded', [[{ feature: 'weather' }, 30]]),
    ])
  );

  expect(screen.getByText('not enough rows yet')).toBeInTheDocument();
  expect(screen.getByText('excluded')).toBeInTheDocument();
});

test('bad values are named with how much too many they are', () => {
  show(answered([instantTable('severity', [[{ feature: 'a' }, 0]]), instantTable('missing', [[{ feature: 'a' }, 3.5]])]));

  expect(screen.getByText('missing ×3.5')).toBeInTheDocument();
});

test('a model without a profile says what is missing', () => {
  show(answered([]));

  expect(screen.getByText('No feature of this model is compared')).toBeInTheDocument();
});
