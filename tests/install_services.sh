#!/usr/bin/env bash
# What the tests run beside Python: installed through apt where that is allowed, else named.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin # where brokers are, and not everybody looks

declare -A package=(
  [redis-server]=redis-server
  [mosquitto]=mosquitto
  [chromium]=chromium
  [systemd-analyze]=systemd
)

missing() {
  for command in "${!package[@]}"; do
    command -v "$command" >/dev/null || echo "${package[$command]}"
  done | sort
}

wanted=$(missing | tr '\n' ' ')
[ -n "$wanted" ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
  echo "installing for the tests: $wanted"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # one word a package
  { "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends $wanted; } >/dev/null || true
  wanted=$(missing | tr '\n' ' ')
  [ -n "$wanted" ] || exit 0
fi
echo "the tests need: $wanted— sudo apt-get install $wanted" >&2
exit 1
