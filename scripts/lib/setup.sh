# Sourced by the commands of this folder: goes to the root of the checkout, installs the npm packages when they
# are missing or older than the lockfile, and puts the Node that package.json pins first in PATH.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 1
cd "$root" || exit 1

# npm writes its hidden lockfile last, so one that is newer than ours means a whole and current install.
if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing the npm packages (once per lockfile)" >&2
  # Not npm ci: it refuses a lockfile without the packages of foreign platforms, which not every registry serves.
  # This installs the locked versions all the same and leaves the lockfile alone; a test compares it to package.json.
  if ! npm install --no-save --no-audit --no-fund --loglevel=error >&2; then
    echo "npm install failed, see above: it needs the npm registry, and Node 20 or later to start with" >&2
    exit 1
  fi
fi
export PATH="$root/node_modules/.bin:$PATH"
