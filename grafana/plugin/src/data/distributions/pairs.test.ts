import { readBins } from './bins';
import { pairBins } from './pairs';

const named = (...ranges: string[]) =>
  readBins(
    ranges.map((range, index) => ({
      bin: ['other', 'unseen', 'missing', 'invalid'].includes(range) ? range : `0${index}`,
      range,
    }))
  ).bins;
const places = (...args: Parameters<typeof pairBins>) =>
  pairBins(...args).map(({ bin, referenceIndex, currentIndex }) => [bin.range, referenceIndex, currentIndex]);

it('pairs every bin where both sides have the same', () => {
  const bins = named('≤ 1', '> 1', 'missing');

  expect(places(bins, bins)).toEqual([
    ['≤ 1', 0, 0],
    ['> 1', 1, 1],
    ['missing', 2, 2],
  ]);
});

it('pairs categories by name, in the order of the reference, named bins last', () => {
  expect(places(named('a', 'b', 'other', 'unseen', 'missing'), named('b', 'c', 'other', 'unseen', 'missing'))).toEqual([
    ['a', 0, null],
    ['b', 1, 0],
    ['c', null, 1],
    ['other', 2, 2],
    ['unseen', 3, 3],
    ['missing', 4, 4],
  ]);
});

it('never pairs intervals of different bins, nor hidden names', () => {
  expect(places(named('≤ 1', '> 1', 'missing'), named('≤ 1', '> 1.5', 'missing'))).toEqual([
    ['≤ 1', 0, null],
    ['> 1', 1, null],
    ['≤ 1', null, 0],
    ['> 1.5', null, 1],
    ['missing', 2, 2],
  ]);
  expect(places(named('category 00', 'unseen'), named('category 00', 'category 01', 'unseen'))[0]).toEqual([
    'category 00',
    0,
    null,
  ]);
});

it('takes one side alone', () => {
  expect(places(named('≤ 1'), null)).toEqual([['≤ 1', 0, null]]);
  expect(places(null, named('≤ 1'))).toEqual([['≤ 1', null, 0]]);
  expect(places(null, null)).toEqual([]);
});
