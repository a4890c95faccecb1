import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { SceneObject } from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';

import { toneOfSeverity } from '../../data/models/tones';
import { UNKNOWN, asAmount, asCount, asDuration, asRatio, asShare } from '../../data/models/numbers';
import { versionRows, type VersionRow } from '../../data/models/version_rows';
import { chosenValue, isWithoutModel } from '../../pages/chosen';
import type { DataViewProps } from '../data_view';
import { Failure, Loading, Nothing, WithoutModel, hasFailed, isFirstLoad } from '../notices';
import { PageLink } from '../page_link';

import { LevelMark } from './level_mark';
import { SortableTable, type TableColumn } from './sortable_table';

/** The versions of the chosen model that serve, the newest first; each can be seen beside the one before it. */
export function VersionTableView({ data, scene }: DataViewProps) {
  const styles = useStyles2(stylesOf);
  const columns = useMemo(() => columnsOf(scene, styles.link), [scene, styles.link]);
  if (isWithoutModel(scene)) {
    return <WithoutModel data={data} />;
  }
  if (data === undefined || isFirstLoad(data)) {
    return <Loading what="versions" />;
  }
  const rows = versionRows(data.series);
  if (rows.length === 0) {
    return hasFailed(data) ? <Failure data={data} /> : <NoVersions />;
  }
  return (
    <SortableTable
      name="Versions, newest first"
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      firstOrder={{ column: 'learned', direction: 'ascending' }}
    />
  );
}

function NoVersions() {
  return (
    <Nothing title="No version of this model serves at the end of the time range">
      Choose a time range that ends when one did, or another model.
    </Nothing>
  );
}

function columnsOf(scene: SceneObject, linkStyle: string): Array<TableColumn<VersionRow>> {
  const model = () => chosenValue(scene, 'model_name');
  return [
    {
      id: 'version', title: 'Version', meaning: 'Leads to this version alone.', isNumber: false, isHeader: true,
      sortBy: ({ version }) => version,
      cell: ({ version, variant }) => (
        <PageLink
          to="modelOverview"
          choices={{ model_name: model(), model_version: version, variant }}
          className={linkStyle}
          label={`${version} ${variant}`}
        >
          {version}
        </PageLink>
      ),
    },
    text('variant', 'Variant', 'Its role: primary, canary, shadow.'),
    {
      id: 'compare', title: 'Compare', isNumber: false, meaning: 'Beside the version that was learned before it.',
      sortBy: ({ before }) => (before === '' ? null : before),
      cell: ({ version, before }) =>
        before === '' ? (
          UNKNOWN
        ) : (
          <PageLink
            to="versions"
            choices={{ model_name: model(), version_a: before, version_b: version }}
            className={linkStyle}
            label={`Compare ${before} with ${version}`}
          >
            {before} → {version}
          </PageLink>
        ),
    },
    number('loaded', 'Newest start', 'How long ago the newest process with it began.', asDuration),
    number('rows', 'Rows/min', 'Rows accepted for prediction in a minute.', asAmount),
    number('errors', 'Errors', 'The share of calls that raise now.', asShare),
    {
      ...number('worst', 'Worst drift', 'The largest severity in any window. From 1 on it is drift.', asRatio),
      cell: ({ worst }) => <LevelMark tone={toneOfSeverity(worst)} text={asRatio(worst)} />,
    },
    number('exporters', 'Exporters', 'How many tell of it.', asCount),
    number('learned', 'Profile learned', 'How long ago.', asDuration),
    text('profileVersion', 'Profile of', 'The version that the profile was learned for.'),
    text('dataset', 'Dataset', 'What it was trained on, as its profile says.'),
    text('commit', 'Commit', 'Of the code that trained it, as its profile says.'),
  ];
}

function text(
  id: 'variant' | 'profileVersion' | 'dataset' | 'commit', title: string, meaning: string
): TableColumn<VersionRow> {
  const said = (row: VersionRow) => (row[id] === '' ? null : row[id]);
  return { id, title, meaning, isNumber: false, sortBy: said, cell: (row) => said(row) ?? UNKNOWN };
}

function number(
  id: 'loaded' | 'rows' | 'errors' | 'worst' | 'exporters' | 'learned', title: string, meaning: string,
  write: (value: number | null) => string
): TableColumn<VersionRow> {
  return { id, title, meaning, isNumber: true, sortBy: (row) => row[id], cell: (row) => write(row[id]) };
}

const stylesOf = (theme: GrafanaTheme2) => ({ link: css({ color: theme.colors.text.link }) });
