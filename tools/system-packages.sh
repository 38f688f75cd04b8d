#!/bin/sh
# The tests use Debian's Chromium, PostgreSQL, Node and systemd-analyze. As root they are installed, else named.
set -eu
missing=""
[ -x /usr/bin/chromium ] || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
fc-list 2>/dev/null | grep -qi 'noto color emoji' || missing="$missing fontconfig fonts-noto-color-emoji"
fc-list 2>/dev/null | grep -qi 'noto sans cjk' || missing="$missing fonts-noto-cjk"
command -v systemd-analyze >/dev/null || missing="$missing systemd"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing:$missing"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "The tests need these Debian packages; install them first: apt-get install$missing" >&2
    exit 1
fi
