/** The check of what mlexporter can do beside what everybody needs. */

import { ok, unused, type Verdict } from './check';
import { withoutExporters } from './exporters';
import { type Facts } from './facts';

/** Return which optional parts are in use, and how the others begin. */
export function checkOptions(facts: Facts): Verdict {
  const nothing = withoutExporters(facts);
  if (nothing !== null) {
    return nothing;
  }
  const absent = facts.options.filter(({ isThere }) => !isThere);
  const used = facts.options.length - absent.length;
  if (absent.length === 0) {
    return ok('Every optional part is in use.', facts.options.map(({ name }) => name));
  }
  return unused(
    `${used} of ${facts.options.length} are in use. The others are a choice: panels that need one say so and are empty.`,
    null,
    absent.map(({ name, without }) => `${name}: ${without}`)
  );
}
