import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { evaluate } from '../../data/setup/evaluate';
import { emptyWith, factsWith, LABELS, sample } from '../../data/setup/facts_for_tests';

import { ChecksView } from './checks_view';

// Icons are fetched from Grafana, which is not here.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

beforeAll(() => {
  // Browsers let pages copy on https and on localhost; jsdom does not say that it is either.
  Object.defineProperty(window, 'isSecureContext', { value: true, configurable: true });
});

const broken = evaluate(factsWith({}, { watchdog: [], ruleAge: [], singleWorker: [sample(LABELS.target, 1)] }));

test('what is wrong stands open, with its state in a word and its text to copy', async () => {
  const user = userEvent.setup();
  render(<ChecksView checks={broken} />);
  const card = screen.getByRole('region', { name: 'Workers counted' });
  expect(within(card).getByText('missing')).toBeInTheDocument();
  expect(within(card).getByText('one worker of several: mlexporter 127.0.0.1:9469')).toBeInTheDocument();
  await user.click(within(card).getByRole('button', { name: 'Copy for shell that starts the server' }));
  expect(await screen.findByText('Copied')).toBeInTheDocument();
  expect(await navigator.clipboard.readText()).toBe('export MLEXPORTER_DIR=/dev/shm/mlexporter-counts');
});

test('what is well is folded while something is wrong, and open when nothing is', () => {
  const { unmount } = render(<ChecksView checks={broken} />);
  expect(screen.getByText(/\d+ ok$/).closest('details')).not.toHaveAttribute('open');
  unmount();
  render(<ChecksView checks={evaluate(factsWith())} />);
  expect(screen.getByText(/^\d+ ok$/).closest('details')).toHaveAttribute('open');
  expect(screen.getByRole('status')).toHaveTextContent(/^Nothing is wrong/);
});

test('checks that wait for the same thing are one line that names them', () => {
  render(<ChecksView checks={evaluate(emptyWith())} />);
  const line = screen.getByText(/^\d+ checks$/).closest('details');
  expect(line).toHaveTextContent('Profiles of models');
  expect(screen.queryByRole('region', { name: 'Profiles of models' })).toBeNull();
});

test('words are marked, and a star or a backtick alone is left as it is', () => {
  render(<ChecksView checks={evaluate(factsWith({}, { watchdog: [] }))} />);
  expect(screen.getAllByText('MLWatchdog', { selector: 'code' })).not.toHaveLength(0);
});
