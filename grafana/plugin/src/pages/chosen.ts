/** What a reader has chosen, for links to other pages. */

import { sceneGraph, type SceneObject } from '@grafana/scenes';

import type { Choices } from './routes';

const ALL = '$__all';

/** Return the one value of a variable; undefined for none, several, or all. */
export function chosenValue(scene: SceneObject, name: string): string | undefined {
  const value: unknown = sceneGraph.lookupVariable(name, scene)?.getValue();
  const [only, ...others] = [value].flat();
  return typeof only === 'string' && only !== '' && only !== ALL && only !== '.*' && others.length === 0 ? only : undefined;
}

/** Return what a link to another page about the same model chooses there. */
export function chosenModel(scene: SceneObject): Choices {
  const names = ['model_name', 'model_version', 'variant', 'window'];
  return Object.fromEntries(names.map((name) => [name, chosenValue(scene, name)]));
}

/** Return whether the choice of models has been asked for and is empty: there is nothing to show of any. */
export function isWithoutModel(scene: SceneObject): boolean {
  const variable = sceneGraph.lookupVariable('model_name', scene);
  return variable !== null && variable.state.loading !== true && variable.getValue() === '';
}
