import { css } from '@emotion/css';
import { locationUtil, type GrafanaTheme2 } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { sceneGraph, type SceneObject } from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { dashboardPath } from '../../data/links/dashboard_path';
import { dashboards } from '../../queries.gen';
import { PageLink } from '../page_link';

/** Variables that the dashboard has as well. */
const CARRIED = ['datasource', 'model_name', 'model_version', 'variant', 'feature', 'window'];

/** Where to go from a feature: its dashboard, its model, and what to do about drift. */
export function FeatureLinks({ scene }: { readonly scene: SceneObject }) {
  const styles = useStyles2(stylesOf);
  const model = sceneGraph.interpolate(scene, '$model_name');
  const path = dashboardPath(dashboards.feature.uid, CARRIED, locationService.getLocation().search);
  return (
    <div className={styles.links}>
      <a href={locationUtil.assureBaseUrl(path)}>Dashboard {dashboards.feature.title}</a>
      <PageLink to="modelFeatures" choices={{ model_name: model }}>
        All features of {model}
      </PageLink>
      <span className={styles.hint}>
        What to do about drift: runbook <code>docs/runbooks/MLFeatureDrift.md</code>, which the alert links to
      </span>
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  links: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2), a: { color: theme.colors.text.link, textDecoration: 'underline' } }),
  hint: css({ color: theme.colors.text.secondary }),
});
