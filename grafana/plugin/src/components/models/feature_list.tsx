import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelData } from '@grafana/data';
import type { SceneObject } from '@grafana/scenes';
import { FilterInput, useStyles2 } from '@grafana/ui';
import React, { useMemo, useState } from 'react';

import { absentWords, featureRows, type FeatureRow } from '../../data/models/feature_rows';
import { toneOfSeverity } from '../../data/models/tones';
import { UNKNOWN, asRatio } from '../../data/models/numbers';
import { searched } from '../../data/models/order';
import { chosenModel, isWithoutModel } from '../../pages/chosen';
import { longestBar } from '../../levels.gen';
import type { DataViewProps } from '../data_view';
import { Failure, Loading, Nothing, hasFailed, isFirstLoad } from '../notices';
import { Sparkline } from '../numbers/sparkline';
import { PageLink } from '../page_link';

import { LevelMark } from './level_mark';
import { SeverityBar } from './severity_bar';
import { SortableTable, rowLink, type TableColumn } from './sortable_table';

/** So many features are shown until somebody asks for more. */
const SHOWN = 10;

/** Features of the chosen model, worst first; each leads to its own page. */
export function FeatureListView({ data, scene }: DataViewProps) {
  const styles = useStyles2(stylesOf);
  const [search, setSearch] = useState('');
  const [isWhole, setWhole] = useState(false);
  const rows = useMemo(() => featureRows(data?.series ?? []), [data?.series]);
  const columns = useMemo(() => columnsOver(data, scene), [data, scene]);
  if (isWithoutModel(scene)) {
    return null; // the numbers above say so
  }
  if (data === undefined || isFirstLoad(data)) {
    return <Loading what="features" />;
  }
  if (rows.length === 0) {
    return hasFailed(data) ? <Failure data={data} /> : <NoFeatures />;
  }
  const found = searched(rows, search, ({ feature }) => feature);
  const shown = isWhole || search !== '' ? found : found.slice(0, SHOWN);
  return (
    <section className={styles.list} aria-label="Features, worst first">
      <div className={styles.head}>
        <h2 className={styles.title}>Features, worst first</h2>
        {rows.length > SHOWN && (
          <FilterInput value={search} onChange={setSearch} placeholder="Search features" aria-label="Search features" width={25} />
        )}
      </div>
      <SortableTable
        name="Features, worst first"
        columns={columns}
        rows={shown}
        keyOf={({ feature }) => feature}
        firstOrder={{ column: 'rank', direction: 'ascending' }}
      />
      {shown.length < found.length && (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          Show all {found.length} features
        </button>
      )}
    </section>
  );
}

function NoFeatures() {
  return (
    <Nothing title="No feature of this model is compared">
      Its exporter has no profile of the training data, or this version did not serve in the time range. See{' '}
      <PageLink to="setupCheck">Setup check</PageLink>.
    </Nothing>
  );
}

function columnsOver(data: PanelData | undefined, scene: SceneObject): Array<TableColumn<FeatureRow>> {
  const box = { from: data?.timeRange.from.valueOf() ?? 0, to: data?.timeRange.to.valueOf() ?? 0, low: 0, high: longestBar };
  return [
    {
      id: 'feature', title: 'Feature', meaning: 'Leads to all that is known of it.', isNumber: false, isHeader: true,
      sortBy: ({ feature }) => feature,
      cell: ({ feature }) => (
        <PageLink to="feature" choices={{ ...chosenModel(scene), feature }} className={rowLink}>
          {feature}
        </PageLink>
      ),
    },
    {
      id: 'severity', title: 'Drift', isNumber: false,
      meaning: 'Lower bound of the effect divided by its threshold, in the worst window. From 1 on, the line, it is drift.',
      sortBy: ({ severity }) => severity,
      cell: (row) => <SeverityCell row={row} />,
    },
    {
      id: 'trend', title: 'Over time', meaning: 'The same over the time range; the dashed line is 1.', isNumber: false,
      sortBy: ({ severity }) => severity,
      cell: ({ trend }) =>
        trend === null ? null : (
          <Sparkline course={trend} box={box} width={110} height={22} threshold={1} name="Drift" write={asRatio} />
        ),
    },
    {
      id: 'problems', title: 'Bad data', isNumber: false,
      meaning: 'Kinds of bad values of which there are more than allowed, and how many times more.',
      sortBy: ({ problems }) => problems.length,
      cell: ({ problems }) =>
        problems.length === 0 ? (
          UNKNOWN
        ) : (
          <LevelMark tone="worse" text={problems.map(({ kind, times }) => `${kind} ×${asRatio(times)}`).join(', ')} />
        ),
    },
  ];
}

function SeverityCell({ row: { severity, isExcluded, absentReason, window } }: { readonly row: FeatureRow }) {
  if (severity === null) {
    return <>{absentWords(absentReason)}</>;
  }
  return (
    <SeverityBar
      severity={severity}
      full={longestBar}
      tone={isExcluded ? 'calm' : toneOfSeverity(severity)}
      note={isExcluded ? 'excluded' : window === '' ? '' : `of ${window}`}
    />
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  list: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), width: '100%', minWidth: 0 }),
  head: css({ display: 'flex', justifyContent: 'space-between', alignItems: 'center', minHeight: theme.spacing(4) }),
  title: css({ fontSize: theme.typography.h5.fontSize, margin: 0 }),
  more: css({
    alignSelf: 'flex-start', border: 0, background: 'none', cursor: 'pointer', color: theme.colors.text.link,
    padding: theme.spacing(0.5),
  }),
});
