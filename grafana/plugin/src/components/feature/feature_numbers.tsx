import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { sceneGraph } from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { tilesOf } from '../../data/feature/tiles';
import { ringingOf, verdict } from '../../data/feature/verdict';
import { countOfVersions, windowRows } from '../../data/feature/windows';
import { single } from '../../data/models/labelled_values';
import { type DataViewProps } from '../data_view';
import { Failure, Loading, Nothing, hasFailed, isFirstLoad } from '../notices';
import { BigNumber } from '../numbers/big_number';
import { PageLink } from '../page_link';

import { FeatureLinks } from './feature_links';

/** What happened to the feature: one sentence, and the numbers of the chosen window. */
export function FeatureNumbers({ data, scene }: DataViewProps) {
  const styles = useStyles2(stylesOf);
  const feature = sceneGraph.interpolate(scene, '$feature');
  const window = sceneGraph.interpolate(scene, '$window');
  if (data === undefined || isFirstLoad(data)) {
    return <Loading what="the feature" />;
  }
  const rows = windowRows(data.series);
  if (rows.length === 0 && hasFailed(data)) {
    return <Failure data={data} />;
  }
  if (feature === '' || feature === '$feature') {
    return (
      <Nothing title="No feature to show">
        The chosen model tells of no feature: it has no profile, or no exporter is scraped. <PageLink to="setupCheck">Setup check</PageLink> says which.
      </Nothing>
    );
  }
  const chosen = rows.find((row) => row.window === window) ?? null;
  const versions = countOfVersions(data.series);
  return (
    <div className={styles.page}>
      <div className={styles.verdict} role="status">
        {verdict(feature, rows, single(data.series, 'driftedFor'), ringingOf(single(data.series, 'alerts')))}
      </div>
      <div className={styles.tiles}>
        {tilesOf(chosen, single(data.series, 'threshold')).map((tile) => (
          <BigNumber key={tile.title} {...tile} />
        ))}
      </div>
      {versions > 1 && (
        <div className={styles.hint}>
          {versions} versions and variants are chosen: each number is that of the one where it is largest. Each has its own picture below.
        </div>
      )}
      <FeatureLinks scene={scene} />
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5), width: '100%' }),
  verdict: css({ fontSize: theme.typography.h4.fontSize, lineHeight: 1.4 }),
  hint: css({ color: theme.colors.text.secondary }),
  tiles: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
});
