import { MODEL_COLUMNS, searchedText } from './model_columns';
import { instantTable } from './example_frames';
import { modelRows, type ModelRow } from './model_rows';
import { ordered } from './order';

const labels = (model_version: string) => ({ model_name: 'flights', model_version, variant: 'primary' });
const rows = modelRows([
  instantTable('state', [[labels('1'), 10_001], [labels('2'), -997], [labels('3'), 0.2], [labels('4'), 150]]),
  instantTable('profile', [[labels('1'), -1], [labels('3'), 86_400]]),
  instantTable('worst', [[labels('1'), 1]]),
]);

function column(id: string) {
  const found = MODEL_COLUMNS.find((each) => each.id === id);
  if (found === undefined) {
    throw new Error(`no column ${id}`);
  }
  return found;
}

const versions = (found: readonly ModelRow[]) => found.map(({ version }) => version);

test('worst first: pages, tickets, the rest by drift, and what nobody knows last', () => {
  expect(versions(ordered(rows, column('state'), 'descending'))).toEqual(['1', '4', '3', '2']);
});

test('a model without a profile has no age, and is not the youngest', () => {
  expect(rows.slice(0, 1).map(column('profile').text)).toEqual(['no profile']);
  expect(versions(ordered(rows, column('profile'), 'ascending'))[0]).toBe('3');
});

test('cells are as loud as in the dashboard', () => {
  expect(rows.map(column('state').tone)).toEqual(['worse', 'calm', 'calm', 'bad']);
  expect(rows.map(column('worst').tone)).toEqual(['bad', 'calm', 'calm', 'calm']);
});

test('a search finds a state by its word', () => {
  expect(rows.map(searchedText)[0]).toContain('page');
});

test('columns have different names, and each says what it means', () => {
  expect(new Set(MODEL_COLUMNS.map(({ title }) => title)).size).toBe(MODEL_COLUMNS.length);
  expect(MODEL_COLUMNS.filter(({ meaning }) => !meaning.endsWith('.'))).toEqual([]);
});
