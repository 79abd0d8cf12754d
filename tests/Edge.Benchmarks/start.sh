#!/usr/bin/env bash
# How long edge takes from its start to its first token, the model in the page cache: smallest, median and largest of 21
# runs, milliseconds. EDGE names the edge to measure (the published one unless given).
#
#   tests/Edge.Benchmarks/start.sh MODEL
set -euo pipefail
export LC_ALL=C

model=${1:?usage: start.sh MODEL}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
edge=${EDGE:-$root/artifacts/publish/Edge.Cli/release_linux-x64/edge}
cat "$model" >/dev/null

for _ in $(seq 21); do
  before=$(date +%s%N)
  "$edge" run "$model" -p a -n 1 --temp 0 >/dev/null
  echo $(($(date +%s%N) - before))
done | sort -n | awk '{ ms[NR] = $1 / 1e6 } END { printf "start to first token: %.1f ms median (%.1f-%.1f)\n", ms[11], ms[1], ms[21] }'
