/**
 * Frames as Prometheus gives them, of features whose drift is known: for the pages that tests and people look at.
 *
 * No package is imported, so that any bundler and any version of `@grafana/data` can take them: pass each to `toDataFrame`.
 * All numbers follow from a seed; a page looks the same every time.
 */
import {
  CURRENT_ROWS, TRAINING_ROWS, categories, logNormal, mixture, normal, numeric, numericRanges, rowsOf, seeded, withZeros, type Specimen,
} from './specimen_features';

/** A field as `toDataFrame` takes it. */
export interface SpecimenField {
  readonly name: string;
  readonly type: 'time' | 'string' | 'number';
  readonly values: Array<string | number>;
}

/** A frame of one query, format `table`. */
export interface SpecimenFrame {
  readonly refId: string;
  readonly meta: { readonly type: 'numeric-long' };
  readonly fields: SpecimenField[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NOW = Date.UTC(2026, 10, 20, 12, 0);
const REQUIRED_ROWS = 100;

const AIRPORTS = ['ATL', 'ORD', 'DFW', 'DEN', 'LAX', 'PHX', 'SFO', 'IAH', 'LAS', 'MSP'];
const AIRPORT_SHARES = [0.16, 0.13, 0.12, 0.1, 0.09, 0.07, 0.07, 0.06, 0.05, 0.04, 0.11, 0];

/** The features of a model of flight delays, drifted on purpose in every way that the panel draws. */
function flights(): Specimen[] {
  return [
    numeric('distance', 11, {
      was: logNormal(800, 0.55), is: logNormal(1150, 0.5), severity: 6.04, effect: 1.31, psi: 0.412, importance: 0.31,
    }),
    numeric('taxi_out', 23, {
      was: logNormal(16, 0.42), is: logNormal(16_000, 0.42), severity: 26.3, effect: 5.4, psi: 9.1, importance: 0.22,
    }),
    withZeros('departure_delay', 31, 0.42, 0.6, { severity: 1.42, effect: 0.31, psi: 0.12, importance: 0.4 }),
    categories('carrier', 41, {
      names: ['WN', 'DL', 'AA', 'UA', 'B6', 'AS'],
      was: [0.26, 0.21, 0.2, 0.16, 0.06, 0.05, 0.06, 0],
      is: [0.24, 0.2, 0.1, 0.16, 0.05, 0.05, 0.06, 0.14], severity: 2.86, effect: 0.62, psi: 0.61, importance: 0.11,
    }),
    numeric('wind_speed', 53, {
      was: normal(11, 4), is: normal(11.1, 4.1), missing: [0.01, 0.34], severity: 0.62, effect: 0.14, psi: 0.004,
      importance: 0.04,
    }),
    numeric('temperature', 61, {
      was: mixture([[0.5, normal(4, 5)], [0.5, normal(22, 5)]]), is: normal(3.5, 5.2), expect: normal(4, 5),
      severity: 0.21, effect: 0.05, psi: 1.4, importance: 0.09,
    }),
    categories('origin', 71, {
      names: AIRPORTS, was: AIRPORT_SHARES, is: AIRPORT_SHARES, severity: 0.11, effect: 0.03, psi: 0.002, importance: 0.06,
    }),
    numeric('scheduled_hour', 83, {
      was: mixture([[0.55, normal(8.5, 2)], [0.45, normal(17, 2.4)]]), is: mixture([[0.52, normal(8.6, 2)], [0.48, normal(17, 2.4)]]),
      severity: 0.33, effect: 0.07, psi: 0.01, importance: 0.05,
    }),
    numeric('elevation_change', 97, {
      was: mixture([[0.5, normal(0, 40)], [0.25, normal(-1500, 600)], [0.25, normal(1500, 600)]]),
      is: mixture([[0.5, normal(0, 40)], [0.1, normal(-1500, 600)], [0.4, normal(1500, 600)]]),
      severity: 1.08, effect: 0.22, psi: 0.17, importance: 0.02,
    }),
    numeric('row_number', 101, {
      was: normal(5000, 1500), is: normal(9500, 1500), severity: 9.8, effect: 3, psi: 6.2, isExcluded: true, importance: 0,
    }),
    numeric('visibility', 113, {
      was: logNormal(9, 0.3), currentRows: 42, rows: 42, absent: 'rows', importance: 0.03,
    }),
    numeric('pressure', 127, {
      was: normal(1013, 8), absent: 'profile', profiles: ['9c1f2ab4', '77ade012'], importance: 0.01,
    }),
  ];
}

const MAINTENANCE = [
  'Hydraulic pressure sensor, left main landing gear', 'Cabin pressure controller', 'Auxiliary power unit',
  'Weather radar antenna', 'Fuel quantity indication', 'Nose wheel steering', 'Galley chiller', 'Ice detector',
];

/** One numeric feature with what its seasons let expect. */
function single(): Specimen[] {
  return [
    numeric('distance', 11, {
      was: logNormal(800, 0.55), is: logNormal(1150, 0.5), expect: logNormal(900, 0.55), missing: [0.01, 0.06],
      invalid: 0.005, severity: 6.04, effect: 1.31, psi: 0.412, importance: 0.31,
    }),
  ];
}

function singleCategory(): Specimen[] {
  const was = [0.2, 0.18, 0.15, 0.12, 0.1, 0.08, 0.07, 0.05, 0.05, 0];
  const is = [0.19, 0.17, 0.03, 0.12, 0.1, 0.16, 0.07, 0.04, 0.05, 0.07];
  return [categories('maintenance_item', 7, { names: MAINTENANCE, was, is, severity: 1.9, effect: 0.41, psi: 0.3 })];
}

/** Axes and bins of every kind. */
function scales(): Specimen[] {
  const both = mixture([[0.35, (value) => 1 - logNormal(30, 2)(-value)], [0.65, logNormal(60, 2.2)]]);
  const countries = Array.from({ length: 30 }, (_, index) => `country ${String.fromCharCode(65 + (index % 26))}${index}`);
  const falling = [...countries.map((_, index) => 0.9 ** index / 9.5), 0.04, 0];
  const counts = [0.31, 0.24, 0.17, 0.11, 0.07, 0.05, 0.03, 0.02];
  return [
    numeric('amount', 3, { was: logNormal(120, 1.9), is: logNormal(260, 1.9), severity: 2.1, effect: 0.44, psi: 0.21 }),
    numeric('balance_change', 5, { was: both, is: mixture([[0.8, both], [0.2, logNormal(4000, 0.6)]]), severity: 1.3, effect: 0.3, psi: 0.3 }),
    {
      feature: 'passengers', ranges: [...numericRanges([1, 2, 3, 4, 5, 6, 7])], reference: rowsOf(counts, TRAINING_ROWS, 8),
      current: rowsOf([0.2, 0.2, 0.2, 0.14, 0.1, 0.07, 0.05, 0.04], CURRENT_ROWS, 9), severity: 1.7, effect: 0.4, threshold: 0.2, psi: 0.12,
    },
    categories('country', 21, { names: countries, was: falling, is: falling.map((share, index) => (index % 4 ? share : share * 1.5)), severity: 0.7, effect: 0.15, psi: 0.05 }),
    categories('card_type', 27, { names: ['category 00', 'category 01', 'category 02'], was: [0.6, 0.25, 0.1, 0.05, 0], is: [0.3, 0.5, 0.1, 0.05, 0.05], severity: 3.3, effect: 0.7, psi: 0.4 }),
    { feature: 'constant', ranges: ['any', 'missing', 'invalid'], reference: [TRAINING_ROWS, 0, 0], current: [2600, 600, 0], severity: 0, effect: 0, threshold: 0.2, psi: 0 },
  ];
}

/** A new version beside an old one. */
function versions(): Specimen[] {
  const [old] = flights();
  return old ? [{ ...old, modelVersion: '2013.1', current: (old.current ?? []).map((count) => Math.round(count / 9)) }, ...flights().slice(0, 3)] : [];
}

/** Many features; a few have drifted. */
function many(count: number): Specimen[] {
  const next = seeded(5);
  return Array.from({ length: count }, (_, index) => {
    const shift = index % 37 === 0 ? 1.2 * next() + 0.4 : 0.12 * next();
    const name = `sensor_${String(index).padStart(3, '0')}`;
    const middle = Math.round(next() * 900) / 10;
    return numeric(name, 1_000 + 3 * index, {
      was: normal(middle, 10), is: normal(middle + 10 * shift, 10), severity: shift / 0.2, effect: 1.1 * shift, psi: shift ** 2,
      importance: next(),
    });
  });
}

/** Values that are not numbers, as a division by zero leaves them. */
function notNumbers(): Specimen[] {
  const nothing = (specimen: Specimen): Specimen => ({
    ...specimen, current: (specimen.current ?? []).map(() => Number.NaN), severity: Number.NaN, psi: Number.NaN,
  });
  return flights().slice(0, 4).map((specimen, index) => (index < 3 ? nothing(specimen) : specimen));
}

/** The frame as the answer of a query with another refId. */
function renamed({ meta, fields }: SpecimenFrame, refId: string): SpecimenFrame {
  return { refId, meta, fields: fields.map((field) => (field.type === 'number' ? { ...field, name: `Value #${refId}` } : field)) };
}

function binName(index: number, ranges: readonly string[]): string {
  const text = ranges[index] ?? '';
  const isCategorical = ranges.includes('unseen');
  const isNamed = text === 'missing' || text === 'invalid' || (isCategorical && (text === 'other' || text === 'unseen'));
  return isNamed ? text : String(index).padStart(2, '0');
}

function framesOf(specimens: readonly Specimen[]): SpecimenFrame[] {
  const base = (specimen: Specimen): Record<string, string> => ({
    feature: specimen.feature, model_version: specimen.modelVersion ?? '2013.2', variant: '',
  });
  const bins = (side: 'reference' | 'current' | 'expected'): Sample[] =>
    specimens.flatMap((specimen) =>
      (specimen[side] ?? []).map((value, index) => {
        const profile = specimen.profiles?.[side === 'reference' ? 0 : 1] ?? '9c1f2ab4';
        const bin = binName(index, specimen.ranges);
        const range: Record<string, string> = side === 'reference' ? { range: specimen.ranges[index] ?? '' } : {};
        return { labels: { ...base(specimen), profile, bin, ...range }, value };
      })
    );
  const scores = (of: (specimen: Specimen) => number | undefined): Sample[] =>
    specimens.flatMap((specimen) => {
      const value = of(specimen);
      return value === undefined ? [] : [{ labels: base(specimen), value }];
    });
  return [
    frame('reference', bins('reference')),
    frame('expected', bins('expected')),
    frame('current', bins('current')),
    frame('severity', scores((one) => one.severity)),
    frame('effect', scores((one) => one.effect)),
    frame('threshold', scores((one) => one.threshold)),
    frame('psi', scores((one) => one.psi)),
    frame('absent', specimens.flatMap((one) => (one.absent ? [{ labels: { ...base(one), reason: one.absent }, value: 1 }] : []))),
    frame('rows', scores((one) => one.rows ?? (one.current ?? []).reduce((sum, count) => sum + count, 0))),
    frame('required', specimens.length ? [{ labels: { model_version: '2013.2', variant: '' }, value: REQUIRED_ROWS }] : []),
    frame('importance', scores((one) => one.importance)),
    frame('excluded', scores((one) => (one.isExcluded ? 1 : undefined))),
  ];
}

/** A frame as the Prometheus data source gives it for an instant query in format `table`; empty without samples. */
function frame(refId: string, samples: readonly Sample[]): SpecimenFrame {
  const names = [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))].sort();
  const fields: SpecimenField[] = samples.length === 0 ? [] : [
    { name: 'Time', type: 'time', values: samples.map(() => NOW) },
    ...names.map((name): SpecimenField => ({ name, type: 'string', values: samples.map((sample) => sample.labels[name] ?? '') })),
    { name: `Value #${refId}`, type: 'number', values: samples.map((sample) => sample.value) },
  ];
  return { refId, meta: { type: 'numeric-long' }, fields };
}

const NO_SCORE = { severity: undefined, effect: undefined, psi: undefined };

/** Names of the pages of specimens. */
export const SPECIMEN_NAMES = [
  'flights', 'single', 'category', 'zeros', 'many', 'empty', 'not-numbers', 'only-reference', 'only-current', 'too-few', 'three', 'scales', 'versions', 'two-versions',
] as const;

export type SpecimenName = (typeof SPECIMEN_NAMES)[number];

/** Frames of one page of specimens. */
export function specimenFrames(name: SpecimenName): SpecimenFrame[] {
  return name === 'two-versions' ? twoVersions() : framesOf(specimensOf(name));
}

/** Rows of one version held against rows of another that was trained on other data: some bins differ. */
function twoVersions(): SpecimenFrame[] {
  const profiles: Partial<Specimen> = { modelVersion: '2013.1', profiles: ['5b70e1c3', '5b70e1c3'] };
  const before = [
    numeric('distance', 201, { was: logNormal(700, 0.5), ...profiles }),
    categories('carrier', 203, { names: ['WN', 'AA', 'DL', 'US'], was: [0.3, 0.25, 0.2, 0.15, 0.1, 0], is: [0.3, 0.25, 0.2, 0.15, 0.1, 0], ...profiles }),
    numeric('wind_speed', 53, { was: normal(11, 4), is: normal(10, 4), ...profiles }),
  ];
  const after = flights().filter(({ feature }) => before.some((one) => one.feature === feature));
  const ofVersion = (specimens: readonly Specimen[], letter: string): SpecimenFrame[] =>
    framesOf(specimens)
      .filter(({ refId }) => refId === 'reference' || refId === 'current')
      .map((one) => renamed(one, `${one.refId}_${letter}`));
  return [...ofVersion(before, 'a'), ...ofVersion(after, 'b')];
}

function specimensOf(name: Exclude<SpecimenName, 'two-versions'>): Specimen[] {
  switch (name) {
    case 'flights':
      return flights();
    case 'single':
      return single();
    case 'category':
      return singleCategory();
    case 'zeros':
      return flights().slice(2, 3);
    case 'many':
      return many(220);
    case 'empty':
      return [];
    case 'not-numbers':
      return notNumbers();
    case 'only-reference':
      return flights().slice(0, 4).map((one) => ({ ...one, ...NO_SCORE, current: null, rows: 0 }));
    case 'only-current':
      return flights().slice(0, 4).map((one) => ({ ...one, ...NO_SCORE, reference: null }));
    case 'too-few':
      return flights().slice(10, 11);
    case 'three':
      return flights().slice(0, 3);
    case 'scales':
      return scales();
    case 'versions':
      return versions();
  }
}
