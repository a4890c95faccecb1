import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelData } from '@grafana/data';
import { FilterInput, useStyles2 } from '@grafana/ui';
import React, { useMemo, useState } from 'react';

import { FIRST_ORDER, MODEL_COLUMNS, searchedText, type ModelColumn } from '../../data/models/model_columns';
import { modelRows, type ModelRow } from '../../data/models/model_rows';
import { asRatio } from '../../data/models/numbers';
import { searched } from '../../data/models/order';
import { longestBar } from '../../levels.gen';
import type { DataViewProps } from '../data_view';
import { Failure, Loading, NoModels, Nothing, hasFailed, isFirstLoad } from '../notices';
import { PageLink } from '../page_link';
import { Sparkline } from '../numbers/sparkline';

import { LevelMark } from './level_mark';
import { ModelsSummary } from './models_summary';
import { SortableTable, rowLink, type TableColumn } from './sortable_table';

/** From so many models on there is a search box. */
const SEARCHED_FROM = 9;

/** All models, the one that needs somebody most on top. */
export function ModelsView({ data }: DataViewProps) {
  const styles = useStyles2(stylesOf);
  const [search, setSearch] = useState('');
  const rows = useMemo(() => modelRows(data?.series ?? []), [data?.series]);
  const columns = useMemo(() => columnsOver(data), [data]);
  if (data === undefined || isFirstLoad(data)) {
    return <Loading what="models" />;
  }
  if (rows.length === 0) {
    return hasFailed(data) ? <Failure data={data} /> : <NoModels />;
  }
  const shown = searched(rows, search, searchedText);
  return (
    <div className={styles.page}>
      {hasFailed(data) && <Failure data={data} />}
      <ModelsSummary rows={rows} />
      {rows.length >= SEARCHED_FROM && (
        <FilterInput value={search} onChange={setSearch} placeholder="Search models" aria-label="Search models" width={40} />
      )}
      {shown.length === 0 ? (
        <Nothing title="No model has all of these words">
          {rows.length} models report. A search looks at name, version, variant and state.
        </Nothing>
      ) : (
        <SortableTable
          name="Models, worst first"
          columns={columns}
          rows={shown}
          keyOf={(row) => row.key}
          firstOrder={FIRST_ORDER}
        />
      )}
    </div>
  );
}

function columnsOver(data: PanelData | undefined): Array<TableColumn<ModelRow>> {
  const from = data?.timeRange.from.valueOf() ?? 0;
  const to = data?.timeRange.to.valueOf() ?? 0;
  return MODEL_COLUMNS.map((column) => ({
    id: column.id,
    title: column.title,
    meaning: column.meaning,
    sortBy: column.sortBy,
    isNumber: column.kind === 'number',
    isHeader: column.kind === 'link',
    cell: (row) => <Cell column={column} row={row} from={from} to={to} />,
  }));
}

interface CellProps {
  readonly column: ModelColumn;
  readonly row: ModelRow;
  readonly from: number;
  readonly to: number;
}

function Cell({ column, row, from, to }: CellProps) {
  const text = column.text(row);
  switch (column.kind) {
    case 'link':
      return (
        <PageLink
          to="modelOverview"
          choices={{ model_name: row.name, model_version: row.version, variant: row.variant }}
          className={rowLink}
          label={`${row.name} ${row.version} ${row.variant}`}
        >
          {text}
        </PageLink>
      );
    case 'course':
      return row.trend === null ? null : (
        <Sparkline
          course={row.trend}
          box={{ from, to, low: 0, high: longestBar }}
          width={96}
          height={24}
          threshold={1}
          name="Worst drift"
          write={asRatio}
        />
      );
    default:
      return <LevelMark tone={column.tone(row)} text={text} />;
  }
}

const stylesOf = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), width: '100%', minWidth: 0 }),
});
