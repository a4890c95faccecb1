import { instantTable } from './example_frames';
import { versionRows } from './version_rows';

const first = { model_version: '1', variant: 'primary' };
const second = { model_version: '2', variant: 'primary' };
const canary = { model_version: '2', variant: 'canary' };

test('the version that was learned last is first, and is compared with the one before it', () => {
  const rows = versionRows([
    instantTable('pods', [[first, 2], [second, 1], [canary, 1]]),
    instantTable('learned', [[first, 900], [second, 10], [canary, 20]]),
    // The old version was started again a moment ago: that makes it no newer.
    instantTable('loaded', [[first, 1], [second, 5], [canary, 6]]),
  ]);

  expect(rows.map(({ version, variant, before }) => [version, variant, before])).toEqual([
    ['2', 'primary', '1'],
    ['2', 'canary', '1'],
    ['1', 'primary', ''],
  ]);
});

test('without a profile the start of the process stands for it', () => {
  const rows = versionRows([instantTable('loaded', [[first, 900], [second, 5]])]);

  expect(rows.map(({ version }) => version)).toEqual(['2', '1']);
});

test('exporters with different commits are added', () => {
  const [row] = versionRows([instantTable('pods', [[{ ...first, commit: 'a' }, 2], [{ ...first, commit: 'b' }, 1]])]);

  expect(row?.exporters).toBe(3);
});

test('a profile says what it was learned for', () => {
  const [row] = versionRows([
    instantTable('pods', [[{ ...first, dataset: 'spring', commit: 'abc' }, 1]]),
    instantTable('profile', [[{ ...first, profile_version: '0' }, 1]]),
  ]);

  expect(row).toMatchObject({ profileVersion: '0', dataset: 'spring', commit: 'abc', rows: null });
});
