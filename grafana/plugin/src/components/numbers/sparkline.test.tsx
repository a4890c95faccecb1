import { render, screen } from '@testing-library/react';
import React from 'react';

import type { Course } from '../../data/models/labelled_values';
import { asRatio } from '../../data/models/numbers';

import { Sparkline } from './sparkline';

const box = { from: 0, to: 10, low: 0, high: 5 };

function show(course: Course, threshold?: number) {
  return render(<Sparkline course={course} box={box} width={100} height={20} name="Drift" write={asRatio} threshold={threshold} />);
}

test('a line is told in words', () => {
  show({ labels: {}, times: [0, 5, 10], values: [0, 4, 2] }, 1);

  expect(screen.getByRole('img', { name: 'Drift: from 0.0 to 2.0, highest 4.0' })).toBeInTheDocument();
});

test('where nothing is known nothing is drawn', () => {
  const { container } = show({ labels: {}, times: [0, 5], values: [null, null] });
  expect(container).toBeEmptyDOMElement();

  show({ labels: {}, times: [20, 30], values: [1, 1] });
  expect(screen.queryByRole('img')).toBeNull();
});

test('a single point is a dash that can be seen, and a gap breaks the line', () => {
  const { container } = show({ labels: {}, times: [0, 5, 10], values: [1, null, 5] });
  const lines = [...container.querySelectorAll('path[stroke]')].map((path) => path.getAttribute('d'));

  expect(lines).toEqual(['M0.0,15.4m-1,0h2', 'M100.0,1.0m-1,0h2']);
});
