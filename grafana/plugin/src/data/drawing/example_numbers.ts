/** Arbitrary edges of bins, for tests of properties. */
import fc from 'fast-check';

/** Distinct ascending numbers of very different sizes, as six digits tell them. */
export const someEdges = fc
  .uniqueArray(
    fc
      .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -6, max: 6 }))
      .map(([digits, power]) => Number(`${digits}e${power}`)),
    { minLength: 1, maxLength: 30 }
  )
  .map((edges) => edges.map((edge) => edge + 0).sort((one, other) => one - other));
