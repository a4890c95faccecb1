import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { courses, single } from '../../data/models/labelled_values';
import { told } from '../../data/models/course_lines';
import { MODEL_NUMBERS, textOf, type ModelNumber } from '../../data/models/model_numbers';
import { isWithoutModel } from '../../pages/chosen';
import type { DataViewProps } from '../data_view';
import { Failure, Loading, WithoutModel, hasFailed, isFirstLoad } from '../notices';
import { BigNumber } from '../numbers/big_number';
import { Sparkline } from '../numbers/sparkline';

/** Is the model OK? Its numbers now, and how they came there. */
export function ModelNumbersView({ data, scene }: DataViewProps) {
  const styles = useStyles2(stylesOf);
  if (isWithoutModel(scene)) {
    return <WithoutModel data={data} />;
  }
  if (data === undefined || isFirstLoad(data)) {
    return <Loading what="numbers of the model" />;
  }
  return (
    <div className={styles.page}>
      {hasFailed(data) && <Failure data={data} />}
      <div className={styles.line}>
        {MODEL_NUMBERS.map((number) => {
          const value = single(data.series, number.query);
          const note = number.note?.(data.series) ?? '';
          return (
            <BigNumber
              key={number.query}
              title={number.title}
              meaning={number.meaning}
              text={textOf(number, value)}
              isReason={value === null}
              tone={number.tone(value, data.series)}
              note={note === '' ? undefined : note}
            >
              <Line number={number} data={data} />
            </BigNumber>
          );
        })}
      </div>
    </div>
  );
}

function Line({ number, data }: { readonly number: ModelNumber; readonly data: NonNullable<DataViewProps['data']> }) {
  const [course] = number.courseQuery === undefined ? [] : courses(data.series, number.courseQuery);
  const ends = course === undefined ? null : told(course);
  if (course === undefined || ends === null) {
    return null;
  }
  const high = number.full ?? ends.highest * 1.1;
  const box = { from: data.timeRange.from.valueOf(), to: data.timeRange.to.valueOf(), low: 0, high: high > 0 ? high : 1 };
  return (
    <Sparkline course={course} box={box} width={140} height={28} name={number.title} write={number.write} threshold={number.threshold} />
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), width: '100%' }),
  line: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
});
