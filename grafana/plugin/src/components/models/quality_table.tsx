import React from 'react';

import { toneOfSeverity } from '../../data/models/tones';
import { asQuality, asRatio } from '../../data/models/numbers';
import { qualityRows, type QualityRow } from '../../data/models/quality_rows';
import { isWithoutModel } from '../../pages/chosen';
import type { DataViewProps } from '../data_view';
import { Failure, Loading, Nothing, WithoutModel, hasFailed, isFirstLoad } from '../notices';

import { LevelMark } from './level_mark';
import { SortableTable, type TableColumn } from './sortable_table';

/** Estimated qualities of the chosen model beside what they were on held-out rows, worst first. */
export function QualityTableView({ data, scene }: DataViewProps) {
  if (isWithoutModel(scene)) {
    return <WithoutModel data={data} />;
  }
  if (data === undefined || isFirstLoad(data)) {
    return <Loading what="qualities" />;
  }
  const rows = qualityRows(data.series);
  if (rows.length === 0) {
    return hasFailed(data) ? <Failure data={data} /> : <NoQuality />;
  }
  return (
    <SortableTable
      name="Qualities, worst first"
      columns={COLUMNS}
      rows={rows}
      keyOf={({ metric }) => metric}
      firstOrder={{ column: 'loss', direction: 'descending' }}
    />
  );
}

function NoQuality() {
  return (
    <Nothing title="No quality is estimated in this window">
      The profile has to be learned with <code>held_out=</code>, and the window needs rows enough. Choose a longer window above.
    </Nothing>
  );
}

const COLUMNS: ReadonlyArray<TableColumn<QualityRow>> = [
  {
    id: 'title', title: 'Quality', meaning: 'Estimated without labels, from the scores.', isNumber: false, isHeader: true,
    sortBy: ({ title }) => title,
    cell: ({ title }) => title,
  },
  {
    id: 'loss', title: 'Loss', isNumber: true,
    meaning: 'How far the end of the band that speaks for the model is below the reference, in tolerances. From 1 on it is an alert.',
    sortBy: ({ loss }) => loss,
    cell: ({ loss }) => <LevelMark tone={toneOfSeverity(loss)} text={asRatio(loss)} />,
  },
  plain('now', 'Now', 'The estimate of the chosen window, of the worst pod and version.'),
  plain('lower', 'Lower', 'Lower end of the 95 % band.'),
  plain('upper', 'Upper', 'Upper end of the 95 % band.'),
  plain('reference', 'Reference', 'What it was on held-out rows of the training data.'),
];

function plain(id: 'now' | 'lower' | 'upper' | 'reference', title: string, meaning: string): TableColumn<QualityRow> {
  return { id, title, meaning, isNumber: true, sortBy: (row) => row[id], cell: (row) => asQuality(row[id]) };
}
