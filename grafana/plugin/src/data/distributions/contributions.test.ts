import fc from 'fast-check';
import { readBins } from './bins';
import { contributionsOf, largestChange, psiTerms, sharesOf } from './contributions';
import cases from './psi_cases.json';
import { sideOf, sum } from './sides';

const side = (counts: Record<string, number>, ranges: Record<string, string> = {}) =>
  sideOf(
    'a side',
    readBins(Object.keys(counts).map((bin) => ({ bin, range: ranges[bin] ?? `≤ ${Number.parseInt(bin, 10)}` }))).bins,
    new Map(Object.entries(counts))
  );

const rows = fc.array(fc.tuple(fc.nat(100_000), fc.double({ min: 0, max: 100_000, noNaN: true })), {
  minLength: 1,
  maxLength: 60,
});

describe('psiTerms', () => {
  it.each(cases)('is what the exporter computes: $name', ({ reference, current, psi }) => {
    expect(Math.abs(sum(psiTerms(reference, current)) - psi)).toBeLessThan(1e-9);
  });

  it('is right by hand', () => {
    // Smoothed shares: 1.5 / 4 and 2.5 / 4 against 0.5 / 2 and 1.5 / 2.
    const [first, second] = psiTerms([1, 2], [0, 1]);

    expect(first).toBeCloseTo((0.25 - 0.375) * Math.log(0.25 / 0.375), 15);
    expect(second).toBeCloseTo((0.75 - 0.625) * Math.log(0.75 / 0.625), 15);
  });

  it('has no term below zero, and the same sum both ways', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const [reference, current] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
        const terms = psiTerms(reference, current);

        expect(terms.every((term) => term >= 0)).toBe(true);
        expect(sum(psiTerms(current, reference))).toBeCloseTo(sum(terms), 9);
      })
    );
  });
});

describe('contributionsOf', () => {
  const reference = side({ '00': 30, '01': 70, missing: 0, invalid: 100 });

  it('subtracts shares of rows with a shape, and of all rows for the others', () => {
    const found = contributionsOf(reference, side({ '00': 60, '01': 20, missing: 20, invalid: 0 }));

    expect(found.map(({ bin, referenceShare, currentShare }) => [bin.id, referenceShare, currentShare])).toEqual([
      ['00', 0.3, 0.75],
      ['01', 0.7, 0.25],
      ['missing', 0, 0.2],
      ['invalid', 0.5, 0],
    ]);
    expect(found.map(({ psiTerm }) => psiTerm === null)).toEqual([false, false, true, true]);
    expect(sum(found.map(({ psiShare }) => psiShare ?? 0))).toBeCloseTo(1, 12);
    expect(found[0]?.difference).toBeCloseTo(0.45, 12);
  });

  it('leaves out what is unknown: a side without rows, or without rows with a shape', () => {
    expect(contributionsOf(reference, side({ '00': 0, '01': 0, missing: 0, invalid: 0 }))).toEqual([]);
    expect(
      contributionsOf(reference, side({ '00': 0, '01': 0, missing: 5, invalid: 0 })).map(({ bin }) => bin.id)
    ).toEqual(['missing', 'invalid']);
  });

  it('has no part of nothing', () => {
    const same = contributionsOf(reference, reference);

    expect(same.map(({ psiShare }) => psiShare)).toEqual([null, null, null, null]);
    expect(largestChange(same)).toBeNull();
  });

  it('pairs categories by name where the bins differ, without terms', () => {
    const first = side({ '00': 5, '01': 5, unseen: 0 }, { '00': 'a', '01': 'b', unseen: 'unseen' });
    const second = side({ '00': 8, '01': 2, unseen: 0 }, { '00': 'b', '01': 'c', unseen: 'unseen' });
    const found = contributionsOf(first, second);

    expect(found.map(({ bin, difference, psiTerm }) => [bin.range, difference.toFixed(2), psiTerm])).toEqual([
      ['b', '0.30', null],
      ['unseen', '0.00', null],
    ]);
  });

  it('never has NaN, and differences of shape add up to nothing', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const counts = (pick: (pair: [number, number]) => number) =>
          side(Object.fromEntries(pairs.map((pair, index) => [String(index).padStart(2, '0'), pick(pair)])));
        const found = contributionsOf(counts(([one]) => one), counts(([, other]) => other));

        for (const { referenceShare, currentShare, difference, psiTerm, psiShare } of found) {
          const numbers = [referenceShare, currentShare, difference, psiTerm ?? 0, psiShare ?? 0];

          expect(numbers.every(Number.isFinite)).toBe(true);
        }
        expect(sum(found.map(({ difference }) => difference))).toBeCloseTo(0, 9);
      })
    );
  });
});

it('finds the share that changed most, more or fewer', () => {
  const found = contributionsOf(side({ '00': 10, '01': 10, '02': 80 }), side({ '00': 40, '01': 30, '02': 30 }));

  expect(largestChange(found)?.bin.id).toBe('02');
  expect(largestChange([])).toBeNull();
});

it('has no shares without rows', () => {
  expect(sharesOf(side({ '00': 0, missing: 4 }))).toEqual([null, 1]);
  expect(sharesOf(side({ '00': 0, missing: 0 }))).toEqual([null, null]);
  expect(sharesOf(side({ '00': 3, '01': 1, missing: 4 }))).toEqual([0.75, 0.25, 0.5]);
});
