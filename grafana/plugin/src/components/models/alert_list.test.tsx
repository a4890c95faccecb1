import type { PanelData } from '@grafana/data';
import { SceneReactObject } from '@grafana/scenes';
import { render, screen } from '@testing-library/react';
import React from 'react';

import { instantTable } from '../../data/models/example_frames';

import { AlertListView } from './alert_list';
import { answered } from './example_data';

const show = (data: PanelData) => render(<AlertListView data={data} scene={new SceneReactObject({})} />);
const loaded = instantTable('rulesLoaded', [[{ alertname: 'Watchdog' }, 1]]);

test('an alert says how bad it is, about what, and since when', () => {
  const labels = { alertname: 'FeatureDrift', model_version: '2', variant: 'canary', feature: 'distance' };
  show(answered([loaded, instantTable('severity', [[labels, 3]]), instantTable('lasting', [[labels, 7200]])]));

  expect(screen.getByText('▲ page')).toBeInTheDocument();
  expect(screen.getByText('FeatureDrift')).toBeInTheDocument();
  expect(screen.getByText('2 canary, for 2.0 hours')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'feature distance' })).toHaveAttribute(
    'href',
    '/a/mlexporter-app/feature?var-model_version=2&var-variant=canary&var-feature=distance'
  );
});

test('nothing fires is said only where the rules are loaded', () => {
  const { rerender } = show(answered([loaded]));
  expect(screen.getByText('Nothing fires for this model.')).toBeInTheDocument();

  rerender(<AlertListView data={answered([])} scene={new SceneReactObject({})} />);
  expect(screen.queryByText('Nothing fires for this model.')).toBeNull();
  expect(screen.getByText(/Nobody knows/)).toBeInTheDocument();
});
