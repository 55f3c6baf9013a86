#!/bin/sh
# stick.sh wanted: whether this clock wants a USB stick (lintel-stick@.service). One that is not set up yet does, for its
# ticket; one that is, only where its settings say that people may take a copy of their data on one.
set -eu

settings=${LINTEL_ETC:-/etc/lintel}

case "${1:-}" in
  wanted)
    [ -e "$settings/kiosk.json" ] || exit 0
    [ ! -e "$settings/set-up.unfinished" ] || exit 0
    grep -Eq '"exportDir"[[:space:]]*:[[:space:]]*"/media/lintel-stick"' "$settings/kiosk.json"
    ;;
  *)
    echo "stick.sh wanted" >&2
    exit 2
    ;;
esac
