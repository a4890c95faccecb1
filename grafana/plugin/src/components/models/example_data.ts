/** Answers of queries as panels get them, for tests. */

import { LoadingState, dateTime, makeTimeRange, type DataFrame, type PanelData } from '@grafana/data';

/** Return data with these answers, of the first ten milliseconds of 1970, where the courses of `courseFrame` are. */
export function answered(series: DataFrame[], state = LoadingState.Done): PanelData {
  return { state, series, timeRange: makeTimeRange(dateTime(0), dateTime(10)) };
}

/** Return data of queries that failed, with what else they answered. */
export function failed(message: string, series: DataFrame[] = []): PanelData {
  return { ...answered(series, LoadingState.Error), errors: [{ message }] };
}
