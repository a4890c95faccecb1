/** Panels with lines over time, drawn by Grafana's own panel. */

import { ThresholdsMode, type FieldConfigSource } from '@grafana/data';
import { VizPanel } from '@grafana/scenes';

import { colours } from '../levels.gen';

import { asked, type NamedQueries } from './frame';

/** How the lines of versions are called. */
export const BY_VERSION = '${__field.labels.model_version} ${__field.labels.variant}';

/** What a panel with lines says and how. */
export interface CourseLook {
  readonly title: string;
  /** Behind the small i. */
  readonly description: string;
  /** How a line is called: text with `${__field.labels.NAME}` in it. Lines of several queries are called by `names`. */
  readonly name?: string;
  /** How the line of a query is called, by its refId; those in `dashed` are drawn so. */
  readonly names?: Readonly<Record<string, string>>;
  readonly dashed?: readonly string[];
  /** Unit of Grafana: `percentunit`, `s`. */
  readonly unit?: string;
  /** From here on it is bad: a dashed line across. */
  readonly limit?: number;
}

/** Return a panel with the courses of queries. */
export function courses(queries: NamedQueries, look: CourseLook): VizPanel {
  return new VizPanel({
    title: look.title,
    description: look.description,
    pluginId: 'timeseries',
    $data: asked({}, queries),
    options: {
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    fieldConfig: fieldConfigOf(look),
  });
}

/** The axis goes up to here at least: lines at 0 alone would have one up to 10 000 %. */
function softMaximum(limit: number | undefined, unit: string | undefined): { readonly axisSoftMax?: number } {
  if (limit !== undefined) {
    return { axisSoftMax: 1.2 * limit };
  }
  return unit === 'percentunit' ? { axisSoftMax: 0.01 } : {};
}

function fieldConfigOf({ name, names = {}, dashed = [], unit, limit }: CourseLook): FieldConfigSource {
  return {
    defaults: {
      min: 0,
      ...(unit === undefined ? {} : { unit }),
      ...(name === undefined ? {} : { displayName: name }),
      ...(limit === undefined
        ? {}
        : {
            thresholds: {
              mode: ThresholdsMode.Absolute,
              steps: [
                { value: -Infinity, color: 'transparent' },
                { value: limit, color: colours.threshold },
              ],
            },
          }),
      custom: {
        lineWidth: 2,
        fillOpacity: 0,
        showPoints: 'never',
        spanNulls: false,
        ...(limit === undefined ? {} : { thresholdsStyle: { mode: 'dashed' } }),
        ...softMaximum(limit, unit),
      },
    },
    overrides: Object.entries(names).map(([refId, title]) => ({
      matcher: { id: 'byFrameRefID', options: refId },
      properties: [
        { id: 'displayName', value: title },
        ...(dashed.includes(refId)
          ? [
              { id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 6] } },
              { id: 'color', value: { mode: 'fixed', fixedColor: colours.reference } },
            ]
          : []),
      ],
    })),
  };
}
