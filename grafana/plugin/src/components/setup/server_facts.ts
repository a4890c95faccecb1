import { getBackendSrv } from '@grafana/runtime';
import { useEffect, useState } from 'react';
import { firstValueFrom } from 'rxjs';

import { askServer, nothingAsked, type Asked, type GetThrough, type ServerFacts } from '../../data/setup/asking';

/**
 * Get a path of the API of Prometheus through Grafana.
 *
 * The data source's own way is tried first; older Grafanas and data sources that do not have it get the proxy.
 */
const getThrough: GetThrough = async (uid, path) => {
  try {
    return await getQuietly(`/api/datasources/uid/${encodeURIComponent(uid)}/resources/${path}`);
  } catch {
    return getQuietly(`/api/datasources/proxy/uid/${encodeURIComponent(uid)}/${path}`);
  }
};

async function getQuietly(url: string): Promise<unknown> {
  const answer = await firstValueFrom(
    getBackendSrv().fetch<unknown>({ url, method: 'GET', showErrorAlert: false, showSuccessAlert: false })
  );
  return answer.data;
}

/** What is asked beside the queries, again whenever it changes; what is asked for null is not known. */
export function useServerFacts(asked: Asked | null): ServerFacts {
  const [facts, setFacts] = useState(() => nothingAsked('it is being asked'));
  const key = asked === null ? '' : JSON.stringify(asked);
  useEffect(() => {
    if (asked === null) {
      setFacts(nothingAsked('there is no data source'));
      return undefined;
    }
    let isWanted = true;
    void askServer(getThrough, asked).then((found) => {
      if (isWanted) {
        setFacts(found);
      }
    });
    return () => {
      isWanted = false;
    };
    // The key says all that `asked` does, and is the same text for the same question.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return facts;
}
