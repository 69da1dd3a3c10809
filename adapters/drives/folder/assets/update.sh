#!/bin/sh
# Brings a drive up to date from this stick, without a network: sh update.sh /path/to/the/drive
# After a cut run it again. The drive's SHA256SUMS is replaced last, so that the update can tell where it is.
set -eu
CDPATH=
stick=$(cd "$(dirname "$0")" && pwd)
cd "${1:?say where the drive is: sh update.sh /path/to/the/drive}"

check() {
  if command -v sha256sum >/dev/null; then sha256sum --quiet -c "$1"; else shasum -a 256 --quiet -c "$1"; fi
}

if ! cmp -s SHA256SUMS "$stick/old.SHA256SUMS" && ! cmp -s SHA256SUMS "$stick/files/SHA256SUMS"; then
  echo "This drive holds another version than the one that the update is for. Nothing was changed." >&2
  exit 2
fi
echo "checking the stick"
(cd "$stick/files" && check ../files.SHA256SUMS)

# Without rights and owners: FAT keeps none, and to set them is an error there.
copy() {
  cp "$stick/files/$1" "./$1.updating"
  touch -r "$stick/files/$1" "./$1.updating"
  mv -f "./$1.updating" "./$1"
}

echo "copying"
while IFS= read -r path; do
  mkdir -p "$(dirname "./$path")"
  copy "$path"
done <"$stick/files.txt"
while IFS= read -r path; do
  rm -f "./$path"
  case $path in */*) rmdir -p "./${path%/*}" 2>/dev/null || : ;; esac
done <"$stick/delete.txt"
sync
copy SHA256SUMS
sync

echo "checking the drive"
check SHA256SUMS
echo "up to date"
