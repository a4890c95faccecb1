/** Where "Open in mlexporter" leads from a panel of a dashboard. */

import { dateTime, type PluginExtensionPanelContext } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';

import { panelSubject } from '../data/links/panel_subject';

import { linkTo, type PageName } from './routes';

/** Return the page about what a panel shows, or undefined where it shows nothing of ours. */
export function panelPath(context: PluginExtensionPanelContext | undefined): string | undefined {
  const expressions = (context?.targets ?? [])
    .map((target) => ('expr' in target && typeof target.expr === 'string' ? target.expr : ''))
    .map((expression) => getTemplateSrv().replace(expression, context?.scopedVars));
  const subject = panelSubject(expressions);
  if (context === undefined || subject === null) {
    return undefined;
  }
  const { model_name, model_version, variant, feature } = subject;
  const page: PageName = feature !== undefined ? 'feature' : model_name !== undefined ? 'modelOverview' : 'models';
  return linkTo(page, { model_name, model_version, variant, feature }, timeOf(context));
}

function timeOf({ timeRange }: PluginExtensionPanelContext): string {
  const told = ({ from, to }: typeof timeRange) =>
    [from, to].map((each) => (typeof each === 'string' ? each : dateTime(each).toISOString()));
  const [from = '', to = ''] = told(timeRange);
  return new URLSearchParams({ from, to }).toString();
}
