import { queries } from '../../queries.gen';

/** Something that not everybody needs, with the query that answers where it is there. */
interface AskedPart {
  /** refId of the query. */
  readonly ref: string;
  readonly name: string;
  readonly without: string;
  readonly query: string;
}

/** Optional parts. Profiles and their scores are among them, and have checks of their own that say more. */
export const OPTIONAL_PARTS: readonly AskedPart[] = queries.setup.conditions
  .filter(({ isNeeded, query }) => !isNeeded && !query.includes('profile') && !query.includes('severity'))
  .map(({ name, without, query }, place) => ({ ref: `option_${place}`, name, without, query }));
