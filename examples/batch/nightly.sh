#!/bin/sh
# Score the flights of one night, then say whether they are like those of training.
#
#   ./nightly.sh nights/2013-04-02.parquet
#
# Exit 0: they are. 3: they are not, and above stands why. Anything else: it could not be told.
# Results go into the folder OUT, or into this one.
set -eu
cd "$(dirname "$0")"
out=${OUT:-.}

python nightly.py "$@" --output "$out/scored.parquet"
exec mlexporter evaluate "$out/scored.parquet" --profile nightly_delay.profile.json --score score --timestamp departed \
    --fail-on drift --fail-on quality --fail-on no-verdict \
    --page "$out/night.html" --textfile "$out/nightly_delay.prom"
