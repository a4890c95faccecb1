import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useDeferredValue, useMemo, useState } from 'react';

import { type Comparison } from '../../data/comparison';
import { inOrder, matching, type Order } from '../../data/distributions/order';
import { type CompareOptions } from './compare_options';
import { gridLayout } from './grid_layout';
import { Multiple } from './multiple';
import { NoData } from './no_data';
import { PanelHead } from './panel_head';
import { useHeight } from './use_height';
import { WindowedGrid } from './windowed_grid';

interface CompareViewProps {
  readonly comparisons: readonly Comparison[];
  readonly options: CompareOptions;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** The subjects that the dashboard's variable holds. */
  readonly selected: readonly string[];
  /** Called with the subject that someone clicked. It must not change between renders. */
  readonly onChoose: (subject: string) => void;
  /** The queries have not answered yet. */
  readonly isLoading?: boolean;
  /** Why queries failed, or null. */
  readonly error?: string | null;
}

/** From how many subjects on there is a search box. */
const SUBJECTS_FOR_SEARCH = 9;
const HEIGHT_FOR_HEAD = 170;
/** Pixels of the head until it has been measured. */
const FIRST_HEAD_HEIGHT = 38;

/** In a narrow panel the head takes many lines. */
const NARROW = 300;
const NARROW_HEIGHT_FOR_HEAD = 420;

/** Small multiples of all subjects, worst first; one alone fills the panel. */
export function CompareView(props: CompareViewProps) {
  const { comparisons, options, width, height, selected, onChoose, isLoading = false, error = null } = props;
  const styles = useStyles2(getStyles);
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order>(options.order);
  const [optionBefore, setOptionBefore] = useState(options.order);
  if (optionBefore !== options.order) {
    // An order that was chosen in the panel holds until the option is changed.
    setOptionBefore(options.order);
    setOrder(options.order);
  }
  const wanted = useDeferredValue(search);
  const ordered = useMemo(() => inOrder(comparisons, order), [comparisons, order]);
  const hasHead = height >= (width < NARROW ? NARROW_HEIGHT_FOR_HEAD : HEIGHT_FOR_HEAD);
  // A refresh with fewer subjects leaves the search box to those who write in it.
  const isSearched = comparisons.length >= SUBJECTS_FOR_SEARCH || search !== '';
  const hasControls = options.showSearch && isSearched && hasHead;
  const shown = useMemo(() => (hasControls ? matching(ordered, wanted) : ordered), [ordered, wanted, hasControls]);

  const [head, headHeight] = useHeight(hasHead ? FIRST_HEAD_HEIGHT : 0);
  const [only] = comparisons;
  const free = Math.max(60, height - headHeight);
  const layout = gridLayout(Math.max(1, shown.length), width, free, options.columns);
  return (
    <div className={styles.view} style={{ width, height }}>
      <div ref={head}>
        {hasHead && comparisons.length > 0 && (
          <PanelHead
            comparisons={comparisons}
            shownCount={shown.length}
            width={width}
            hasControls={hasControls}
            search={search}
            order={order}
            onSearch={setSearch}
            onOrder={setOrder}
          />
        )}
      </div>
      {comparisons.length === 0 ? (
        <NoData width={width} height={free} isLoading={isLoading} error={error} />
      ) : comparisons.length === 1 && only ? (
        <Multiple comparison={only} width={width} height={free} options={options} isSelected={false} isAlone onChoose={onChoose} />
      ) : shown.length === 0 ? (
        <p className={styles.none}>{`No name has “${wanted}” in it`}</p>
      ) : (
        <WindowedGrid items={shown} keyOf={({ key }) => key} layout={layout} height={free} label="Distributions, in order">
          {(comparison) => (
            <Multiple
              comparison={comparison}
              width={layout.cellWidth}
              height={layout.cellHeight}
              options={options}
              isSelected={selected.includes(comparison.subject)}
              onChoose={onChoose}
            />
          )}
        </WindowedGrid>
      )}
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    view: css({ position: 'relative', overflow: 'hidden' }),
    none: css({ margin: theme.spacing(3), textAlign: 'center', color: theme.colors.text.secondary }),
  };
}
