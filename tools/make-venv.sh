#!/bin/sh
# Makes the virtual environment; on Debian the module for it may be a package of its own.
set -eu
python=$1 venv=$2
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Baton needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1). Say which: make PYTHON=python3.11" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    else
        echo "Python's venv module is missing. Install it first: apt-get install python3-venv" >&2
        exit 1
    fi
fi
exec "$python" -m venv "$venv"
