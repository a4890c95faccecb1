#!/bin/sh
# Four workers, and beside them the process that serves and evaluates what they count. Ctrl-C, or SIGTERM, ends all.
set -eu
cd "$(dirname "$0")"

export MLEXPORTER_DIR="${MLEXPORTER_DIR:-/dev/shm/flights-fastapi}" # where all processes count together, in memory
export MLEXPORTER_CONFIG="${MLEXPORTER_CONFIG:-mlexporter.toml}"

mlexporter serve & # http://127.0.0.1:9469; MLEXPORTER_PORT changes it
exporter=$!
uvicorn application:application --port "${PORT:-8000}" --workers 4 --timeout-graceful-shutdown 20 --no-access-log &
workers=$!

trap 'kill $workers 2>/dev/null' INT TERM
wait $workers || wait $workers || true # a signal ends the first one, the workers the second one
kill $exporter 2>/dev/null || true
wait $exporter
