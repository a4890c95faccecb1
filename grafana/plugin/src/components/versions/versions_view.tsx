import { css } from '@emotion/css';
import { type GrafanaTheme2, type PanelData } from '@grafana/data';
import { QueryVariable, sceneGraph } from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';
import React, { useEffect } from 'react';

import { labelledValues } from '../../data/models/labelled_values';
import { betterPair } from '../../data/versions/choice';
import { sideBySide, verdictOf, type SideBySide, type VersionSide } from '../../data/versions/side_by_side';
import { type DataViewProps } from '../data_view';
import { LevelMark } from '../models/level_mark';
import { Failure, Loading, Nothing, hasFailed, isFirstLoad } from '../notices';
import { PageLink } from '../page_link';

interface Choice {
  /** Versions to choose from, the newest first. */
  readonly versions: readonly string[];
  readonly a: string;
  readonly b: string;
  readonly isLoading: boolean;
}

/** Two versions in numbers, or what it takes to have two. */
export function VersionsView({ data, scene }: DataViewProps) {
  const first = sceneGraph.lookupVariable('version_a', scene);
  const second = sceneGraph.lookupVariable('version_b', scene);
  return first instanceof QueryVariable && second instanceof QueryVariable ? (
    <ChosenVersions data={data} scene={scene} first={first} second={second} />
  ) : null;
}

interface ChosenProps extends DataViewProps {
  readonly first: QueryVariable;
  readonly second: QueryVariable;
}

function ChosenVersions({ data, scene, first, second }: ChosenProps) {
  const styles = useStyles2(stylesOf);
  const { versions, a, b, isLoading } = useChoice(first, second, data);
  const model = sceneGraph.interpolate(scene, '$model_name');
  if (data === undefined || isLoading || isFirstLoad(data)) {
    return <Loading what="versions" />;
  }
  if (hasFailed(data) && data.series.length === 0) {
    return <Failure data={data} />;
  }
  if (versions.length < 2) {
    return <TooFew model={model} version={versions[0]} />;
  }
  const both = sideBySide(data.series, a, b);
  return (
    <div className={styles.page}>
      <div className={styles.verdict} role="status">
        {verdictOf(both)}
      </div>
      <Numbers both={both} />
      {both.a.profile !== both.b.profile && both.a.profile !== null && both.b.profile !== null && (
        <div className={styles.note}>
          The versions have profiles with other bins: intervals of numbers are drawn side by side, and not subtracted bin by bin.
        </div>
      )}
    </div>
  );
}

function useChoice(first: QueryVariable, second: QueryVariable, data: DataViewProps['data']): Choice {
  const one = first.useState();
  const other = second.useState();
  const versions = other.options.map(({ value }) => textOf(value));
  const [a, b] = [textOf(one.value), textOf(other.value)];
  const isLoading = one.loading === true || other.loading === true;
  const wanted = isLoading || data === undefined || isFirstLoad(data) ? null : betterPair(versions, { a, b }, ageIn(data));
  const [wantedA, wantedB] = [wanted?.a, wanted?.b];
  useEffect(() => {
    // Nobody compares a version with itself: the two newest are meant.
    if (wantedA !== undefined && wantedB !== undefined) {
      first.changeValueTo(wantedA, wantedA);
      second.changeValueTo(wantedB, wantedB);
    }
  }, [first, second, wantedA, wantedB]);
  return { versions, a, b, isLoading: isLoading || wanted !== null };
}

/** Return the value of a choice of one. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function ageIn({ series }: PanelData): (version: string) => number | undefined {
  const started = labelledValues(series, 'loaded');
  return (version) => {
    const ages = started.filter(({ labels }) => labels['model_version'] === version).map(({ value }) => value);
    return ages.length === 0 ? undefined : Math.min(...ages);
  };
}

interface TooFewProps {
  readonly model: string;
  readonly version: string | undefined;
}

function TooFew({ model, version }: TooFewProps) {
  return version === undefined ? (
    <Nothing title="No version serves">
      No exporter tells of a model. <PageLink to="setupCheck">Setup check</PageLink> says what is missing.
    </Nothing>
  ) : (
    <Nothing title={`Only version ${version} of ${model} serves`}>
      <div>A second one is here as soon as an exporter that serves it is scraped, a canary or a shadow as well:</div>
      <pre>{`@mlexporter.monitor(model=${JSON.stringify(model)}, version="NEXT", variant="canary")`}</pre>
      <div>
        To see versions that served in the past, choose a time range that ends there. <PageLink to="modelOverview" choices={{ model_name: model }}>Overview of {model}</PageLink>
      </div>
    </Nothing>
  );
}

function Numbers({ both }: { readonly both: SideBySide }) {
  const styles = useStyles2(stylesOf);
  return (
    <figure className={styles.figure}>
      <table className={styles.table} aria-label="Versions side by side">
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">A: {nameOf(both.a)}</th>
            <th scope="col">B: {nameOf(both.b)}</th>
            <th scope="col">B beside A</th>
          </tr>
        </thead>
        <tbody>
          {both.rows.map((row) => (
            <tr key={row.id}>
              <th scope="row" title={row.meaning}>
                {row.title}
              </th>
              <td>
                <LevelMark tone={row.toneA} text={row.textA} />
              </td>
              <td>
                <LevelMark tone={row.toneB} text={row.textB} />
              </td>
              <td>
                <LevelMark tone={row.differenceTone} text={row.difference} />
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row" title="The version whose training rows the drift is measured against.">
              Profile of
            </th>
            <td>{both.a.profileVersion ?? 'no profile'}</td>
            <td>{both.b.profileVersion ?? 'no profile'}</td>
            <td>{both.a.profile === both.b.profile ? 'the same bins' : 'other bins'}</td>
          </tr>
        </tbody>
      </table>
    </figure>
  );
}

function nameOf({ version, variant, otherVariants }: VersionSide): string {
  const others = otherVariants.length > 0 ? `, also ${otherVariants.join(', ')}` : '';
  return variant === '' ? version : `${version} (${variant}${others})`;
}

const stylesOf = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5), width: '100%' }),
  verdict: css({ fontSize: theme.typography.h4.fontSize, lineHeight: 1.4 }),
  note: css({ color: theme.colors.text.secondary }),
  figure: css({
    margin: 0,
    maxWidth: 960,
    overflowX: 'auto',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    backgroundColor: theme.colors.background.primary,
  }),
  table: css({
    width: '100%',
    borderCollapse: 'collapse',
    'th, td': { padding: theme.spacing(0.5, 1), textAlign: 'left', fontWeight: 'normal', fontVariantNumeric: 'tabular-nums' },
    'thead th': { color: theme.colors.text.secondary, borderBottom: `1px solid ${theme.colors.border.medium}` },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    'tbody th': { fontWeight: theme.typography.fontWeightMedium },
  }),
});
