/** What is wrong with the surroundings of an exporter, by the reason that it gives, and what to do. */

import { type Fix } from './check';
import { SHARED_DIRECTORY } from './fixes';

interface Reason {
  readonly meaning: string;
  readonly fix: Fix;
}

function reason(meaning: string, words: string, ...blocks: Fix['blocks']): Reason {
  return { meaning, fix: { words, blocks } };
}

const REASONS: Readonly<Record<string, Reason>> = {
  profile_missing: reason(
    'A profile that a model was given is not there, or may not be read: its drift is not measured.',
    'Put the file where the service looks for it, readable for its user, and start the service again; its log names the path.'
  ),
  profile_invalid: reason(
    'A profile is damaged or is none: drift of its model is not measured.',
    'Write it again with `mlexporter profile`; a copy that stopped halfway is the usual cause.'
  ),
  profile_newer: reason(
    'A profile was written by a newer mlexporter than the service has: drift of its model is not measured.',
    'Update mlexporter where the model is served.',
    { place: 'shell, where the model is served', text: 'pip install --upgrade mlexporter' }
  ),
  profile_not_learned: reason(
    'The first rows of a model taught no profile: its drift is not measured.',
    'Learn one from rows of training with `mlexporter profile`, and pass its path as `profile=`.'
  ),
  port_in_use: reason(
    'Nothing is served on a port that was asked for: something else holds it.',
    'Choose another port before the service starts, and the same one in the scrape job.',
    { place: 'shell that starts the server', text: 'export MLEXPORTER_PORT=9470' }
  ),
  no_features: reason(
    'No features could be found in the arguments of a function: drift of that model is not measured.',
    'Name them with `features=` of the decorator; `mlexporter.describe()` says what was seen.'
  ),
  directory_unsafe: reason(
    'The directory in which workers count together belongs to somebody else, or others may write into it: it is not used.',
    'Give the service a directory of its own.',
    SHARED_DIRECTORY
  ),
  directory_unusable: reason(
    'There is no directory in which workers could count together, so each counts alone.',
    'Name one on tmpfs or a local disk, and start the service again.',
    SHARED_DIRECTORY
  ),
  directory_full: reason(
    'The directory in which workers count together is full: rows of some workers are missing.',
    'Make the file system larger (`sizeLimit` of an emptyDir, `--shm-size` of a container). Counts are moved in by themselves.'
  ),
  directory_busy: reason(
    'A process holds the lock of the common directory for seconds: what you see are older counts.',
    'Look for a process of the service that is stopped, and let it go on or end it.'
  ),
  snapshots_unwritable: reason(
    'The windows of drift cannot be written to disk: they begin anew with the next restart.',
    'Make room there, or let the user of the service write to `MLEXPORTER_SNAPSHOT_DIR`.'
  ),
  push_failing: reason(
    'What is counted cannot be pushed over OTLP: its receiver sees nothing new.',
    'Look at the receiver, and at the address in `OTEL_EXPORTER_OTLP_ENDPOINT`; the log of the exporter has the answer.'
  ),
  events_without_provider: reason(
    'Prediction events are asked for, and the application has no logger provider of OpenTelemetry.',
    'Let the application set one, or ask for no events.',
    { place: 'shell that starts the server', text: 'export MLEXPORTER_EVENTS_RATIO=0' }
  ),
  config_invalid: reason(
    'The newest configuration file was refused: the values before it still hold.',
    'Check the file where the service runs; the command says what is wrong with it.',
    { place: 'shell, where the model is served', text: 'mlexporter check "$MLEXPORTER_CONFIG"' }
  ),
};

/** Return what a reason means, in a sentence. */
export function degradedMeaning(name: string): string {
  return REASONS[name]?.meaning ?? `An exporter says that something is wrong: ${name}.`;
}

/** Return what to do about a reason. */
export function degradedFix(name: string): Fix {
  return REASONS[name]?.fix ?? { words: 'The log of the exporter says more.', blocks: [] };
}
