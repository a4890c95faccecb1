import type { PanelData } from '@grafana/data';
import { SceneObjectBase, sceneGraph, type SceneComponentProps, type SceneObject, type SceneObjectState } from '@grafana/scenes';
import React, { type ComponentType } from 'react';

/** What a view of data gets. */
export interface DataViewProps {
  /** Answers of the queries of the scene; undefined before the first query has begun. */
  readonly data: PanelData | undefined;
  /** Where the view stands in the scene: for values of variables. */
  readonly scene: SceneObject;
}

interface DataViewState extends SceneObjectState {
  /** Draws the data. It stays the same for the life of the object. */
  readonly view: ComponentType<DataViewProps>;
}

/** A place in a scene where a component of ours draws the data of the nearest `$data`. */
export class DataView extends SceneObjectBase<DataViewState> {
  static Component = DataViewRenderer;
}

function DataViewRenderer({ model }: SceneComponentProps<DataView>) {
  const { view: View } = model.useState();
  const { data } = sceneGraph.getData(model).useState();
  return <View data={data} scene={model} />;
}
