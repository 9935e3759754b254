#!/bin/sh
# Find a Python that is new enough and let bin/bootstrap.py do the rest.
here=$(dirname "$(readlink -f "$0")")
# That of the system comes first, if it can make an environment: it is built to be fast, twice as fast as many a Python
# that was compiled at home.  SAMEN_PYTHON names another.
own=/usr/bin/python3.11
if [ -z "${SAMEN_PYTHON:-}" ] && "$own" -c 'import ensurepip, venv' 2>/dev/null; then
    exec "$own" "$here/bootstrap.py" "$@"
fi
for python in ${SAMEN_PYTHON:-} python3.11 python3.12 python3.13 python3 python3.14; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" "$here/bootstrap.py" "$@"
    fi
done
echo "Samen needs Python 3.11 or newer, and there is none on the PATH.  On Debian 12: sudo apt-get install python3" >&2
exit 1
