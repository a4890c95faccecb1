import fc from 'fast-check';

import { linesOf, told } from './course_lines';

const box = { from: 0, to: 10, low: 0, high: 5 };

test('a line breaks where nothing is known', () => {
  const lines = linesOf({ labels: {}, times: [0, 1, 2, 3], values: [0, 5, null, 2.5] }, box);

  expect(lines).toEqual([[{ x: 0, y: 0 }, { x: 0.1, y: 1 }], [{ x: 0.3, y: 0.5 }]]);
});

test('a line breaks where points are missing', () => {
  const lines = linesOf({ labels: {}, times: [0, 1, 2, 8, 9], values: [1, 1, 1, 1, 1] }, box);

  expect(lines.map((line) => line.length)).toEqual([3, 2]);
});

test('what is beyond the box is cut off', () => {
  const lines = linesOf({ labels: {}, times: [-1, 0, 1, 11], values: [1, 99, -3, 1] }, box);

  expect(lines).toEqual([[{ x: 0, y: 1 }, { x: 0.1, y: 0 }]]);
});

test('all points are in the box, whatever comes', () => {
  const course = fc.array(fc.tuple(fc.integer(), fc.option(fc.double({ noNaN: true }))));
  fc.assert(
    fc.property(course, (points) => {
      const sorted = [...points].sort(([one], [other]) => one - other);
      const lines = linesOf({ labels: {}, times: sorted.map(([time]) => time), values: sorted.map(([, value]) => value) }, box);

      for (const { x, y } of lines.flat()) {
        expect(x >= 0 && x <= 1 && y >= 0 && y <= 1).toBe(true);
      }
    })
  );
});

test('a course is told by its ends and its top', () => {
  expect(told({ labels: {}, times: [0, 1, 2], values: [null, 3, 2] })).toEqual({ first: 3, last: 2, highest: 3 });
  expect(told({ labels: {}, times: [0], values: [null] })).toBeNull();
});
