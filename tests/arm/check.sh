#!/usr/bin/env bash
# Runs the linux-arm64 `edge` under user-mode emulation as three processors and holds it against the x64 one:
# the same logits to the bit, the same tokens; the instructions that should be there; and how many it executes for a token,
# which unlike time does not depend on the machine that emulates.
#
#   tests/arm/check.sh EDGE_X64 EDGE_ARM64 [CHECK_ARM64]
#
# CHECK_ARM64 is tests/Edge.KernelCheck for linux-arm64: every kernel against its scalar twin.
# Needs qemu-user, a C compiler, aarch64-linux-gnu-objdump and, as foreign packages, libc6:arm64 and libstdc++6:arm64.
# Counts stand in tests/arm/instructions.txt; UPDATE=1 writes them anew.
set -euo pipefail
export LC_ALL=C

x64=$1 arm=$2 kernels=${3:-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
counts=$here/instructions.txt
tolerance_percent=5
failures=0

fail() { echo "FAILED  $*" >&2; failures=$((failures + 1)); }

# Cortex-A53 and A72 have no dot product (Pi 3, Zero 2 W, Pi 4), A76 has it (Pi 5).
processors="cortex-a53 cortex-a72 cortex-a76"

cc -O2 -shared -fPIC -o "$work/instructions.so" "$here/instructions.c"
for shape in stories15m smollm2-135m; do
  "$x64" bench --shape $shape --keep "$work/$shape.gguf" -p 8 -n 1 --repeat 1 --threads 1 --json >/dev/null
done

# 1. The same bits. Ten tokens: eight in one pass, then two; and eight tokens one at a time.
model=$work/stories15m.gguf
logits=(logits "$model" --tokens 1,1000,2000,31999,5,6,7,8,9,10 --threads 1 --json)
text=(run "$model" -p "a b c" -n 8 --temp 0 --threads 1)
"$x64" "${logits[@]}" >"$work/logits.x64"
"$x64" "${text[@]}" >"$work/text.x64" 2>/dev/null
for processor in $processors; do
  qemu-aarch64 -cpu "$processor" "$arm" "${logits[@]}" >"$work/logits.arm"
  qemu-aarch64 -cpu "$processor" "$arm" "${text[@]}" >"$work/text.arm" 2>/dev/null
  cmp "$work/logits.x64" "$work/logits.arm" || fail "$processor: other logits than x64"
  cmp "$work/text.x64" "$work/text.arm" || fail "$processor: another text than x64"
  echo "$processor: logits and tokens as on x64"
  if [ -n "$kernels" ]; then
    echo "$processor: kernels: $(qemu-aarch64 -cpu "$processor" "$kernels" | tail -n 1)" || fail "$processor: kernels differ"
  fi
done

# 2. The instructions of the inner loops: dot product by element, and without it multiply, multiply-add, pairwise add.
aarch64-linux-gnu-objdump -d --no-show-raw-insn "$arm" >"$work/code"
for instruction in 'sdot\s+v[0-9]+\.4s, v[0-9]+\.16b, v[0-9]+\.4b\[' 'smull2?\s+v[0-9]+\.8h' 'smlal2?\s+v[0-9]+\.8h' 'sadalp\s+v[0-9]+\.4s'; do
  found=$(grep -cE "$instruction" "$work/code" || true)
  echo "machine code: $found of ${instruction%%\\*}"
  [ "$found" -ge 8 ] || fail "the machine code has $found of ${instruction%%\\*}, expected 8 or more"
done

# 3. Instructions for a token: the difference of two runs, so that loading does not count.
count() { # PROCESSOR MODEL TOKENS
  qemu-aarch64 -cpu "$1" -plugin "$work/instructions.so" -d plugin -D "$work/counted" "$arm" run "$2" -p a -n "$3" --temp 0 --threads 1 >/dev/null 2>&1
  sed -nE 's/^instructions: ([0-9]+)$/\1/p' "$work/counted"
}
: >"$work/new"
for shape in stories15m smollm2-135m; do
  # The runtime's own work differs from run to run by a token or so of the small shape: many tokens.
  case $shape in stories15m) tokens=40 ;; *) tokens=4 ;; esac
  for processor in cortex-a72 cortex-a76; do
    few=$(count $processor "$work/$shape.gguf" 2)
    more=$(count $processor "$work/$shape.gguf" $((2 + tokens)))
    now=$(((more - few) / tokens))
    echo "$shape $processor $now" >>"$work/new"
    before=$(sed -nE "s/^$shape $processor ([0-9]+)$/\1/p" "$counts" 2>/dev/null || true)
    echo "$shape on $processor: $now instructions a token (before: ${before:-not known})"
    [ -n "${UPDATE:-}" ] && continue
    [ -n "$before" ] && [ $((now * 100)) -le $((before * (100 + tolerance_percent))) ] ||
      fail "$shape on $processor: $now instructions a token, at most ${before:-?} + $tolerance_percent % expected"
  done
done
[ -z "${UPDATE:-}" ] || cp "$work/new" "$counts"
[ "$failures" = 0 ] || exit 1
echo "the arm64 build computes what the x64 build computes"
