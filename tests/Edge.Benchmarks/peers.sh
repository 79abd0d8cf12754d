#!/usr/bin/env bash
# Compares edge with other engines on the same shapes, in turn within each round, so that a slow moment of the machine
# hits all alike. Prints medians and ratios as a table; every single figure goes to DIR/peers.csv.
#
#   tests/Edge.Benchmarks/peers.sh DIR [ROUNDS]
#
# DIR is outside the checkout and holds what the reader has installed there:
#   llama.cpp/llama-bench      made for this machine's processor
#   llama2.c/run, runq         likewise, with OpenMP
#   other/NAME                 any further engine: called as NAME MODEL.gguf PROMPT DECODE THREADS, prints "prefill decode"
# and models/, which this writes once. What is missing is left out.
# EDGE names the edge to measure (the published one unless given), SHAPES and THREADS what to measure.
set -euo pipefail
export LC_ALL=C

dir=${1:?usage: peers.sh DIR [ROUNDS]}
rounds=${2:-5}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
edge=${EDGE:-$root/artifacts/publish/Edge.Cli/release_linux-x64/edge}
read -r -a shapes <<<"${SHAPES:-stories15m stories110m smollm2-135m}"
read -r -a threads <<<"${THREADS:-1 2}"
prompt=256 decode=64 llama2c_tokens=200
csv=$dir/peers.csv

[ -x "$edge" ] || { echo "peers.sh: $edge is not there: publish host-tools/Edge.Cli, or name one with EDGE=" >&2; exit 2; }
for shape in "${shapes[@]}"; do
  [ -f "$dir/models/$shape.tokenizer.bin" ] ||
    dotnet run --project "$root/tests/Edge.Benchmarks" -c Release -- peer-files "$dir/models" "$shape" >&2
done

# record SHAPE THREADS ENGINE MEASURE VALUE
record() {
  [ -n "$5" ] || { echo "peers.sh: $3 gave no $4 for $1 on $2 threads" >&2; return 0; }
  echo "$round,$1,$2,$3,$4,$5" >>"$csv"
}

# field NAME: the number of a JSON field on standard input.
field() { sed -nE "s/.*\"$1\": ?([0-9.eE+-]+).*/\1/p" | head -n 1; }

ours() {
  local json
  json=$("$edge" bench "$dir/models/$1.q8_0.gguf" -p $prompt -n $decode --threads "$2" --repeat 3 --json)
  record "$1" "$2" edge prefill "$(field prefill_tokens_per_s <<<"$json")"
  record "$1" "$2" edge decode "$(field decode_tokens_per_s <<<"$json")"
  record "$1" "$2" edge bandwidth_share "$(field bandwidth_share <<<"$json")"
  record "$1" "$2" edge int8_peak_share "$(field int8_peak_share <<<"$json")"
}

llama_cpp() {
  local lines
  lines=$("$dir/llama.cpp/llama-bench" -m "$dir/models/$1.q8_0.gguf" -p $prompt -n $decode -t "$2" -r 3 -o jsonl 2>/dev/null) || true
  record "$1" "$2" llama.cpp prefill "$({ grep "\"n_prompt\": $prompt" <<<"$lines" || true; } | field avg_ts)"
  record "$1" "$2" llama.cpp decode "$({ grep "\"n_gen\": $decode" <<<"$lines" || true; } | field avg_ts)"
}

# llama2c SHAPE THREADS PROGRAM FILE-ENDING
llama2c() {
  local said
  said=$(OMP_NUM_THREADS=$2 "$dir/llama2.c/$3" "$dir/models/$1.$4" -z "$dir/models/$1.tokenizer.bin" -t 0 -n $llama2c_tokens 2>&1 >/dev/null) || true
  record "$1" "$2" "llama2.c $3" decode "$(sed -nE 's/.*tok\/s: ([0-9.]+).*/\1/p' <<<"$said")"
}

other() {
  local figures
  figures=$("$3" "$dir/models/$1.q8_0.gguf" $prompt $decode "$2" 2>/dev/null) || true
  record "$1" "$2" "$(basename "$3")" prefill "$(cut -d' ' -f1 <<<"$figures")"
  record "$1" "$2" "$(basename "$3")" decode "$(cut -d' ' -f2 <<<"$figures")"
}

echo "round,shape,threads,engine,measure,value" >"$csv"
for round in $(seq "$rounds"); do
  for shape in "${shapes[@]}"; do
    for t in "${threads[@]}"; do
      echo "round $round of $rounds: $shape, $t threads" >&2
      ours "$shape" "$t"
      [ ! -x "$dir/llama.cpp/llama-bench" ] || llama_cpp "$shape" "$t"
      [ ! -x "$dir/llama2.c/runq" ] || llama2c "$shape" "$t" runq q80.bin
      [ ! -x "$dir/llama2.c/run" ] || llama2c "$shape" "$t" run bin
      for engine in "$dir"/other/*; do
        [ ! -x "$engine" ] || other "$shape" "$t" "$engine"
      done
    done
  done
done

# Medians over the rounds; the ratio is edge's median over the engine's.
tail -n +2 "$csv" | sort -t, -k2,5 -k6,6g | awk -F, '
  { key = $2 FS $3 FS $4 FS $5; if (!(key in count)) order[++keys] = key; value[key, ++count[key]] = $6 }
  function median(key,  n) {
    n = count[key]
    return n % 2 ? value[key, (n + 1) / 2] : (value[key, n / 2] + value[key, n / 2 + 1]) / 2
  }
  END {
    print "| shape | threads | engine | measure | median (smallest-largest) | edge is faster by |"
    print "| --- | --- | --- | --- | --- | --- |"
    for (i = 1; i <= keys; i++) {
      key = order[i]; split(key, part, FS)
      ours = part[1] FS part[2] FS "edge" FS part[4]
      ratio = part[3] == "edge" || !(ours in count) ? "" : sprintf("%.2f x", median(ours) / median(key))
      form = part[4] ~ /share/ ? "%.3f (%.3f-%.3f)" : "%.1f (%.1f-%.1f)"
      printf "| %s | %s | %s | %s | " form " | %s |\n", part[1], part[2], part[3], part[4], median(key), value[key, 1], value[key, count[key]], ratio
    }
  }'
