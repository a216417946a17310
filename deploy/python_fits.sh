#!/bin/sh
# Says in one sentence what is wrong with the Python at hand, before make fails halfway with somebody else's message.
python=$1

stop() {
    echo "Anxin: $1" >&2
    echo "       $2" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    stop "there is no $python here." "On Debian: apt-get install python3 python3-pip; or name another: make PYTHON=/path/to/python3.11"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "$python is $("$python" -V 2>&1), and Python 3.11 or newer is needed." \
        "Install it, then name it: make PYTHON=/path/to/python3.11"

pip=$("$python" -m pip --version 2>/dev/null | cut -d ' ' -f 2)
[ -n "$pip" ] ||
    stop "$python has no pip." "On Debian: apt-get install python3-pip; elsewhere: $python -m ensurepip --user"

# pip's --python, which fills an environment from outside, came with 22.3.
"$python" -c "import sys; sys.exit(tuple(map(int, '$pip'.split('.')[:2])) < (22, 3))" ||
    stop "$python has pip $pip, and pip 22.3 or newer is needed." "$python -m pip install --user --upgrade pip"
