#!/usr/bin/env bash
# Asks the questions of the question vaults, each vault alone and all vaults as one, and writes a page of the results;
# then how long the index of all takes, new and after one note changed, and how large it is.
#
#   tests/Edge.Benchmarks/answers.sh VAULTS MODEL [QUESTIONS] > answers.md
#
# VAULTS holds folders of notes; QUESTIONS holds a NAME.questions.jsonl for some of them (the same folder unless given). MODEL
# is a model file, or none.
# EDGE names the edge to measure (the published one unless given).
set -euo pipefail
export LC_ALL=C

vaults=$(cd "${1:?usage: answers.sh VAULTS MODEL [QUESTIONS]}" && pwd)
model=${2:?usage: answers.sh VAULTS MODEL [QUESTIONS]}
asked=$(cd "${3:-$vaults}" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
edge=${EDGE:-$root/artifacts/publish/Edge.Cli/release_linux-x64/edge}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Everything derived goes here, so that indexes are new.
export XDG_CACHE_HOME=$work/cache
all="$work/all vaults as one"
mkdir -p "$all"
for vault in "$vaults"/*/; do cp -r "${vault%/}" "$all/"; done

ms() { echo $((($2 - $1) / 1000000)); }

echo "# Answers over the question vaults"
echo
echo "Model: $(basename "$model"). Written by \`tests/Edge.Benchmarks/answers.sh VAULTS MODEL [QUESTIONS]\`."
for questions in "$asked"/*.questions.jsonl; do
  name=$(basename "$questions" .questions.jsonl)
  sed -E "s|(\"note\": *\")|\1$name/|" "$questions" >>"$work/all.jsonl"
  "$edge" eval answers "$model" --vault "$vaults/$name" --questions "$questions" --page "$work/page.md" >/dev/null
done

before=$(date +%s%N)
"$edge" feed --vault "$all" --page-size 1 >/dev/null
indexed=$(date +%s%N)
"$edge" feed --vault "$all" --page-size 1 >/dev/null
again=$(date +%s%N)
note=$(find "$all" -name '*.md' | sort | sed -n 1p)
echo "One more line." >>"$note"
changed=$(date +%s%N)
"$edge" feed --vault "$all" --page-size 1 >/dev/null
after=$(date +%s%N)
"$edge" eval answers "$model" --vault "$all" --questions "$work/all.jsonl" --page "$work/page.md" >/dev/null
cat "$work/page.md"

notes=$(find "$all" -name '*.md' | wc -l)
text=$(find "$all" -name '*.md' -printf '%s\n' | awk '{ n += $1 } END { print n }')
index=$(find "$XDG_CACHE_HOME" -name 'index.db*' -path "*$(ls -t "$XDG_CACHE_HOME/edge" | sed -n 1p)*" -printf '%s\n' | awk '{ n += $1 } END { print n }')
echo
echo "## Index of all vaults"
echo
echo "| notes | text | index | share | new | nothing changed | one note changed |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
echo "| $notes | $((text / 1024)) KiB | $((index / 1024)) KiB | $((100 * index / text)) % | $(ms "$before" "$indexed") ms | $(ms "$indexed" "$again") ms | $(ms "$changed" "$after") ms |"
echo
echo "Times are of whole commands (\`edge feed --vault\`), start of the program included."
