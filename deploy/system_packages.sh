#!/bin/sh
# The programs the tests use and pip cannot bring: PostgreSQL, Chromium, Mosquitto, a Chinese font, and the library that
# Playwright needs.
# As root on Debian they are installed; anywhere else they are named and the tests that need them say why they are skipped.

has_postgresql() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1; }
# A console photographed without a Chinese font is a page of boxes.
has_chinese_font() {
    ls /usr/share/fonts/truetype/wqy /usr/share/fonts/opentype/noto/NotoSansCJK* /usr/share/fonts/*/*/wqy* >/dev/null 2>&1 ||
        { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }
}
has_mosquitto() { command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ]; }
has_libatomic() { ls /usr/lib/*/libatomic.so.1 /usr/lib*/libatomic.so.1 2>/dev/null | grep -q .; }

missing=""
has_postgresql || missing="$missing postgresql"
has_chromium || missing="$missing chromium"
has_chinese_font || missing="$missing fonts-wqy-microhei"
has_mosquitto || missing="$missing mosquitto"
has_libatomic || missing="$missing libatomic1"
[ -n "$missing" ] || exit 0

if [ ! -e /etc/debian_version ]; then
    echo "Anxin: the tests also need PostgreSQL 15 or newer, Chromium, Mosquitto, a Chinese font and libatomic."
    echo "       Missing here (Debian's names):$missing. Going on; what needs them is skipped."
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    echo "Anxin: the tests also need:$missing"
    echo "       Run:  sudo apt-get install --no-install-recommends$missing"
    echo "       Going on without; what needs them is skipped."
    exit 0
fi

echo "Installing$missing ..."
log=$(mktemp)
no_cluster=/etc/postgresql-common/createcluster.d/anxin-tests.conf
trap 'rm -f "$log" "$no_cluster"' EXIT

# Debian's postgresql creates and starts a server of its own. The tests start theirs on a free port and
# want no other left running on somebody's machine; the file is taken away again at the end.
case $missing in *postgresql*)
    mkdir -p "${no_cluster%/*}" && echo "create_main_cluster = false" >"$no_cluster" ;;
esac

export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Anxin: apt-get could not install:$missing (its last words are above)." >&2
    echo "       Mend that and run make test again; until then what needs them is skipped." >&2
    [ "${CI:-}" != true ] # in CI nothing may be skipped, so stop here where the reason is still on the screen
fi
