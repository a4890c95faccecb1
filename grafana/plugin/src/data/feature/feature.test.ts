import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';

import { LIMIT_REF, badRows, riseRef } from './bad_values';
import { tilesOf } from './tiles';
import { ringingOf, verdict } from './verdict';
import { EACH_REF, WINDOW_REFS, countOfVersions, windowRows, worstWindow, type WindowRow } from './windows';

function table(refId: string, rows: ReadonlyArray<readonly [Readonly<Record<string, string>>, number]>): DataFrame {
  const names = [...new Set(rows.flatMap(([labels]) => Object.keys(labels)))];
  return toDataFrame({
    refId,
    fields: [
      ...names.map((name) => ({ name, type: FieldType.string, values: rows.map(([labels]) => labels[name] ?? '') })),
      { name: `Value #${refId}`, type: FieldType.number, values: rows.map(([, value]) => value) },
    ],
  });
}

const WINDOWS = [
  table(WINDOW_REFS.severity, [[{ window: '24h', against: 'training' }, 8.6], [{ window: '6h', against: 'training' }, 0.4], [{ window: '6h', against: 'baseline' }, 0.2]]),
  table(WINDOW_REFS.effect, [[{ window: '24h' }, 4.08], [{ window: '6h' }, 0.2]]),
  table(WINDOW_REFS.seen, [[{ window: '1h' }, 19], [{ window: '6h' }, 117], [{ window: '24h' }, 308]]),
  table(WINDOW_REFS.needed, [[{ window: '1h' }, 100], [{ window: '6h' }, 100], [{ window: '24h' }, 100]]),
  table(WINDOW_REFS.why, [[{ window: '1h', reason: 'rows' }, 1], [{ window: '1h', reason: 'stale' }, 0], [{ window: '6h', reason: 'rows' }, 0]]),
];

function row(changed: Partial<WindowRow>): WindowRow {
  return {
    window: '24h', severity: null, against: 'training', effect: null, lowerBound: null, smallest: null, psi: null, unitFactor: null,
    rows: 300, requiredRows: 100, absentReason: null, ...changed,
  };
}

describe('windows', () => {
  const rows = windowRows(WINDOWS);

  test('by length, each with what is known and null for what is not', () => {
    expect(rows.map(({ window }) => window)).toEqual(['1h', '6h', '24h']);
    expect(rows[0]).toMatchObject({ severity: null, effect: null, rows: 19, requiredRows: 100, absentReason: 'rows' });
    expect(rows[2]).toMatchObject({ severity: 8.6, effect: 4.08, against: 'training', absentReason: null, psi: null });
  });

  test('of two references the larger severity counts, as in the alert', () => {
    expect(rows[1]).toMatchObject({ severity: 0.4, against: 'training' });
  });

  test('the worst is the largest severity; without any there is none', () => {
    expect(worstWindow(rows)?.window).toBe('24h');
    expect(worstWindow(rows.slice(0, 1))).toBeNull();
    expect(windowRows([])).toEqual([]);
  });
});

test('versions and variants are counted once, however many series they have', () => {
  const each = [[{ model_version: '1', variant: 'primary' }, 0.1], [{ model_version: '2', variant: 'canary' }, 0.1], [{ model_version: '1', variant: 'primary' }, 0.1]] as const;
  expect(countOfVersions([table(EACH_REF, each)])).toBe(2);
  expect(countOfVersions([])).toBe(0);
});

describe('in words', () => {
  test.each<[Partial<WindowRow>, number | null, number | null, RegExp]>([
    [{ severity: 8.6 }, null, 0, /has drifted from training: surely 8.6 times .* in the window 24h\.$/],
    [{ severity: 8.6, against: 'baseline' }, null, 0, /from the baseline/],
    [{ severity: 2, unitFactor: 1.609 }, null, 0, /as if multiplied by 1.61/],
    [{ severity: 2 }, 7200, 0, /for 2 hours at least|for 2\.0 hours at least/],
    [{ severity: 2 }, null, 1, /excluded/],
    [{ severity: 2 }, null, 2, /acknowledged/],
    [{ severity: 0.7 }, null, 0, /has not drifted: .*0.70 of its threshold, which is more than half/],
    [{ severity: 0 }, null, 0, /has not drifted in any window\.$/],
    [{ absentReason: 'rows', rows: 42 }, null, 0, /no score yet: 42 of 100 rows in the window 24h/],
    [{ absentReason: 'profile' }, null, null, /no score yet: the profile has too few rows/],
    [{ absentReason: null }, null, null, /nobody says why/],
  ])('%j', (changed, driftedFor, alerts, words) => {
    expect(verdict('distance', [row(changed)], driftedFor, ringingOf(alerts))).toMatch(words);
  });

  test('a feature that nobody tells of', () => {
    expect(verdict('distance', [], null, null)).toBe('Nothing is known of distance: no exporter tells of it.');
  });

  test('what rings is known or not, and no other number', () => {
    expect([0, 1, 2, 3, null].map(ringingOf)).toEqual([0, 1, 2, null, null]);
  });
});

describe('tiles', () => {
  test('every number has words, and what is not known is no 0', () => {
    for (const tiles of [tilesOf(null, null), tilesOf(row({}), null)]) {
      expect(tiles.map(({ title }) => title)).toEqual(['Severity', 'Effect', 'Lower bound', 'Smallest visible', 'Rows', 'PSI']);
      expect(tiles.filter(({ text }) => /^0/.test(text))).toEqual([]);
      expect(tiles[0]?.isReason).toBe(true);
    }
  });

  test('a window that is too short to see what matters says so', () => {
    expect(tilesOf(row({ smallest: 0.53 }), 0.1)[3]).toMatchObject({ text: '0.53 SD', note: 'more than matters: too few rows', tone: 'watch' });
    expect(tilesOf(row({ smallest: 0.05 }), 0.1)[3]).toMatchObject({ tone: 'calm' });
  });

  test('the severity has the colour and the word of its level', () => {
    expect(tilesOf(row({ severity: 1.2 }), 0.1)[0]).toMatchObject({ text: '1.2', note: 'drift', tone: 'bad', isReason: false });
  });
});

describe('bad values', () => {
  test('a rise is told in thresholds; kinds that the feature can not have are left out', () => {
    const rows = badRows([
      table('missing', [[{}, 0.2]]), table('missingReference', [[{}, 0.01]]), table(riseRef('missing'), [[{}, 0.6]]), table(LIMIT_REF, [[{}, 0.3]]),
      table('outOfRange', [[{}, 0]]),
    ]);
    expect(rows).toEqual([
      { kind: 'missing', now: 0.2, training: 0.01, rise: 2 },
      { kind: 'outOfRange', now: 0, training: null, rise: null },
    ]);
  });

  test('without a threshold the rise is not known', () => {
    expect(badRows([table(riseRef('invalid'), [[{}, 0.6]])])).toEqual([]);
  });
});
