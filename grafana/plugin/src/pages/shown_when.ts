/** Parts of a page that are there only when there is something to show in them. */

import { QueryVariable, sceneGraph, type SceneFlexItem, type SceneFlexLayout, type SceneObject } from '@grafana/scenes';

type QueryVariableState = QueryVariable['state'];

/** A part of a page that can be left out. */
export type Part = SceneFlexItem | SceneFlexLayout;

/**
 * Return what hides parts of a page, and keeps their queries from being asked, until a variable is as it should be.
 *
 * @param name - Of a variable that Prometheus answers.
 * @param isReady - Whether there is something to show.
 * @param parts - What is hidden until then.
 */
export function shownWhen(name: string, isReady: (state: QueryVariableState) => boolean, parts: readonly Part[]) {
  return (scene: SceneObject) => {
    const variable = sceneGraph.lookupVariable(name, scene);
    if (!(variable instanceof QueryVariable)) {
      return undefined;
    }
    const update = (state: QueryVariableState) => {
      const isHidden = !isReady(state);
      for (const part of parts) {
        if (part.state.isHidden !== isHidden) {
          part.setState({ isHidden });
        }
      }
    };
    update(variable.state);
    const subscription = variable.subscribeToState(update);
    return () => subscription.unsubscribe();
  };
}
