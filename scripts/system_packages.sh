#!/bin/sh
# Installs what the tests need beyond Python, or says what to install.
set -eu

missing=""
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || missing="chromium"
[ -f /usr/share/wordnet/data.noun ] || missing="$missing wordnet-base"
[ -f /usr/share/wordnet/index.sense ] || missing="$missing wordnet-sense-index"
[ -n "$missing" ] || exit 0

root=""
[ "$(id -u)" = 0 ] || root="sudo -n"
if command -v apt-get >/dev/null && $root true 2>/dev/null; then
    echo "Installing $missing"
    $root apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $root apt-get install -qq -y $missing >/dev/null
    exit 0
fi
echo "The tests need $missing (Debian's names): install them, and set" \
    "CHROMIUM to the browser if it is not called chromium." >&2
exit 1
