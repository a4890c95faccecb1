import { completeOptions, DEFAULT_OPTIONS } from './compare_options';

it.each([
  ['nothing', {}],
  ['nulls', { measure: null, axis: null, order: null, variable: null, showSearch: null, columns: null, facet: null, roles: null }],
  ['words that are none of them', { measure: 'toString', axis: 'x', order: 'constructor', facet: 3, columns: 'many', roles: 'x' }],
  ['numbers of columns that cannot be', { columns: 0 }],
  ['numbers of columns that are none', { columns: Number.NaN }],
])('a dashboard that was written by hand with %s gets the defaults', (_, stored) => {
  expect(completeOptions(stored)).toEqual(DEFAULT_OPTIONS);
});

it('keeps what is right', () => {
  const stored = { measure: 'share', axis: 'log', order: 'name', variable: '', showSearch: false, columns: 4, facet: 'version', roles: { A: 'current' } } as const;

  expect(completeOptions(stored)).toEqual(stored);
});
