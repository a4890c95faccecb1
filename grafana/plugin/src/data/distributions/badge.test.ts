import fc from 'fast-check';
import { colours, severityLevels } from '../../levels.gen';
import type { Comparison, Score } from '../comparison';
import { badgeOf, severityText } from './badge';
import { compareRows } from './comparisons';
import { countRows, NUMBERS, rowsOf } from './example_rows';

const scored = (score: Partial<Score>): Comparison => {
  const [made] = compareRows(rowsOf({ current: countRows({ bins: NUMBERS }) }));
  return { ...made!, score: { ...made!.score, ...score } };
};

it.each([
  [0, 'ok', 0],
  [0.49, 'ok', 0],
  [0.5, 'watch', 1],
  [1, 'drift', 2],
  [2, 'strong drift', 3],
  [240, 'strong drift', 3],
] as const)('gives severity %p the word %s', (severity, word, level) => {
  const badge = badgeOf(scored({ severity }));

  expect(badge).toMatchObject({ word, colour: severityLevels[level].colour, isKnown: true });
  expect(badge.text.startsWith('▲')).toBe(severity >= 1);
});

it('writes watch in a colour that can be read', () => {
  expect(badgeOf(scored({ severity: 0.7 })).textColour).toBe(colours.watchText);
});

it('says that a subject does not alert', () => {
  expect(badgeOf(scored({ severity: 3, isExcluded: true })).word).toBe('strong drift (does not alert)');
});

it.each([
  [{ absentReason: 'rows', rows: 42, requiredRows: 100 }, '42 of 100 rows'],
  [{ absentReason: 'rows' }, 'too few rows'],
  [{ absentReason: 'profile' }, 'no profile to compare with'],
  [{ absentReason: 'overflow' }, 'more rows than can be counted'],
  [{ absentReason: 'stale' }, 'the newest report is too old'],
  [{ absentReason: 'error' }, 'an error of mlexporter'],
  [{ absentReason: 'of a later version' }, 'no score'],
  [{ psi: 0.123 }, 'PSI 0.123'],
  [{}, 'no score'],
])('says why there is no score: %p', (score, text) => {
  expect(badgeOf(scored(score))).toMatchObject({ text, word: 'unknown', isKnown: false });
});

it('says that two versions with other bins cannot be subtracted', () => {
  const made = scored({});
  const side = made.current!;
  const other = { ...side, bins: side.bins.map((bin) => ({ ...bin, range: `${bin.range}0` })) };

  expect(badgeOf({ ...made, reference: other }).text).toBe('other bins');
  expect(badgeOf({ ...made, reference: side }).text).toBe('no score');
});

it.each([
  [0.414, '0.41'],
  [0.999, '0.99'],
  [1, '1.0'],
  [1.98, '1.9'],
  [6, '6.0'],
  [9.96, '10'],
  [123.4, '123'],
  [12_345_678, '12.3M'],
  [1e300, '1e300'],
])('says severity %p as %s', (severity, text) => {
  expect(severityText(severity)).toBe(text);
});

it('never reads as the next level', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (severity) => {
      const read = Number(severityText(severity));

      expect(badgeOf(scored({ severity: read })).word).toBe(badgeOf(scored({ severity })).word);
    })
  );
});
