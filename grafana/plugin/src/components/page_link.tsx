import { css } from '@emotion/css';
import { locationUtil, type GrafanaTheme2 } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import React, { type MouseEvent, type ReactNode } from 'react';

import { linkTo, type Choices, type PageName } from '../pages/routes';

interface PageLinkProps {
  readonly to: PageName;
  /** Variables of that page to values. */
  readonly choices?: Choices;
  /** How it looks; without, like a link in a text. */
  readonly className?: string;
  readonly children: ReactNode;
  /** What the link is called where its text alone does not say it. */
  readonly label?: string;
}

/** A link to a page of the app. It keeps the time range and the data source, and does not load Grafana again. */
export function PageLink({ to, choices, className, children, label }: PageLinkProps) {
  const styles = useStyles2(stylesOf);
  const target = () => linkTo(to, choices, locationService.getLocation().search);
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
      return;
    }
    // Grafana, too, listens for clicks on links: whoever is first says that it is done.
    event.preventDefault();
    locationService.push(target());
  };
  return (
    <a href={locationUtil.assureBaseUrl(target())} onClick={go} className={className ?? styles.inText} aria-label={label}>
      {children}
    </a>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  inText: css({ color: theme.colors.text.link, textDecoration: 'underline', '&:hover': { textDecoration: 'none' } }),
});
