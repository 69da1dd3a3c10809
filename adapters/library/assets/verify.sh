#!/bin/sh
# Checks every file of this copy against SHA256SUMS: sh verify.sh
# Ends with 0 if the copy is whole, 1 if files are damaged or missing, 2 if it cannot be checked.
LC_ALL=C
export LC_ALL
CDPATH=
cd -- "$(dirname -- "$0")" || exit 2

if [ ! -r SHA256SUMS ]; then
  echo "SHA256SUMS is missing: this copy cannot be checked." >&2
  exit 2
fi

# Says "path: OK" or "path: FAILED" for every line.
check() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum -c SHA256SUMS
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 -c SHA256SUMS
  else
    while read -r sum path; do
      path=${path#\*}
      found=$(openssl dgst -sha256 -r <"$path")
      if [ "${found%% *}" = "$sum" ]; then echo "$path: OK"; else echo "$path: FAILED"; fi
    done <SHA256SUMS
  fi 2>/dev/null
}

if ! command -v sha256sum >/dev/null 2>&1 && ! command -v shasum >/dev/null 2>&1 &&
  ! command -v openssl >/dev/null 2>&1; then
  echo "None of sha256sum, shasum and openssl is installed: this copy cannot be checked." >&2
  exit 2
fi

total=$(awk 'END { print NR }' SHA256SUMS)
echo "Checking $total files. This takes about as long as reading the whole drive." >&2
# The failed paths, then how many lines were checked.
report=$(check | awk -v total="$total" '
  /: OK$/ { seen++ }
  /: FAILED( open or read)?$/ { seen++; sub(/: FAILED( open or read)?$/, ""); print }
  total > 0 && int(seen * 100 / total) > shown {
    shown = int(seen * 100 / total)
    printf "\r%d%%", shown > "/dev/stderr"
  }
  END { printf "\n" > "/dev/stderr"; print seen + 0 }')

seen=$(printf '%s\n' "$report" | tail -n 1)
damaged=0
missing=0
while IFS= read -r path; do
  [ -n "$path" ] || continue
  if [ -e "$path" ]; then
    damaged=$((damaged + 1))
    echo "damaged: $path"
  else
    missing=$((missing + 1))
    echo "missing: $path"
  fi
done <<END
$(printf '%s\n' "$report" | sed '$d')
END

# What stands once among both is in no list. Listed files count twice, whether they are there or not.
listed() { sed 's/^[0-9a-f]* [ *]//; s|^\./||' SHA256SUMS; }
extra=$({
  listed
  listed
  find . -type f ! -path ./SHA256SUMS ! -path ./SHA256SUMS.sig | sed 's|^\./||'
} | sort | uniq -u | awk 'END { print NR }')

echo "$total files listed, $damaged damaged, $missing missing, $extra not listed."
if [ "$total" -eq 0 ] || [ "$seen" -ne "$total" ]; then
  echo "SHA256SUMS itself is damaged: $((total - seen)) of its lines could not be checked." >&2
  exit 1
fi
if [ "$damaged" -gt 0 ] || [ "$missing" -gt 0 ]; then
  echo "This copy is NOT whole."
  exit 1
fi
echo "This copy is whole."
