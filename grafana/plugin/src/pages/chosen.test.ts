import { EmbeddedScene, SceneReactObject, SceneVariableSet, TestVariable } from '@grafana/scenes';

import { chosenModel, chosenValue, isWithoutModel } from './chosen';

/** Return a scene in which a reader has chosen these values. */
function sceneOf(chosen: Readonly<Record<string, string | string[]>>) {
  const body = new SceneReactObject({});
  new EmbeddedScene({
    $variables: new SceneVariableSet({
      variables: Object.entries(chosen).map(([name, value]) => new TestVariable({ name, value, isMulti: Array.isArray(value) })),
    }),
    body,
  });
  return body;
}

test.each([
  ['2013.1', '2013.1'],
  [['2013.1'], '2013.1'],
  [['2013.1', '2013.3'], undefined],
  [['$__all'], undefined],
  ['.*', undefined],
  ['', undefined],
])('of %p a link takes %p along', (value, taken) => {
  expect(chosenValue(sceneOf({ model_version: value }), 'model_version')).toBe(taken);
});

test('a link to the same model takes what is one', () => {
  const scene = sceneOf({ model_name: 'flights', model_version: ['$__all'], variant: ['canary'], window: '24h' });

  expect(chosenModel(scene)).toEqual({ model_name: 'flights', model_version: undefined, variant: 'canary', window: '24h' });
});

test('there is no model where the choice is empty, not where there is no choice', () => {
  expect(isWithoutModel(sceneOf({ model_name: '' }))).toBe(true);
  expect(isWithoutModel(sceneOf({ model_name: 'flights' }))).toBe(false);
  expect(isWithoutModel(sceneOf({}))).toBe(false);
});
