/** Model, Features: every feature now over what it was in training, worst first; a click leads to its page. */

import { locationService } from '@grafana/runtime';
import { SceneFlexItem, SceneFlexLayout, type SceneObject } from '@grafana/scenes';

import { queries } from '../queries.gen';

import { chosenModel } from './chosen';
import { comparePanel } from './compare_panel';
import { linkTo, pathOf } from './routes';

const CHOSEN = 'var-feature';

/** Return what the tab holds. */
export function modelFeatures(): SceneObject {
  const layout = new SceneFlexLayout({
    direction: 'column',
    children: [
      new SceneFlexItem({
        minHeight: 560,
        body: comparePanel({
          title: 'Features, worst first',
          description:
            'Rows of the window (bars) over those of training (outline). The badge is the severity: from 1 on it is drift, ' +
            'and an alert. A click on a feature leads to its page.',
          queries: queries.compare,
        }),
      }),
    ],
  });
  layout.addActivationHandler(() => leadToFeature(layout));
  return layout;
}

/**
 * Opens the page of a feature when the panel has written its name into the address.
 *
 * The name is taken out of the address of this tab first: the way back leads here, and not forward again.
 */
function leadToFeature(layout: SceneObject): () => void {
  let before = locationService.getSearch().get(CHOSEN);
  return locationService.getHistory().listen(({ pathname, search }) => {
    const feature = new URLSearchParams(search).get(CHOSEN);
    const isChosen = feature !== null && feature !== before && pathname.startsWith(pathOf('modelFeatures'));
    before = feature;
    if (!isChosen) {
      return;
    }
    const choices = { ...chosenModel(layout), feature };
    locationService.partial({ [CHOSEN]: null }, true);
    locationService.push(linkTo('feature', choices, search));
  });
}
