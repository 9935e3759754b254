#!/bin/sh
# Find a Python that is new enough and let bin/bootstrap.py do the rest.
here=$(dirname "$(readlink -f "$0")")
for python in python3.11 python3.12 python3.13 python3 python3.14; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" "$here/bootstrap.py" "$@"
    fi
done
echo "Samen needs Python 3.11 or newer, and there is none on the PATH.  On Debian 12: sudo apt-get install python3" >&2
exit 1
