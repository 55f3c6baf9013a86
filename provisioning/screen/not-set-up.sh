#!/bin/sh
# The set-up of this clock has stopped (ExecStopPost= of lintel-set-up.service). Where there are no settings yet, the screen
# says how to go on until it is there again; where there are, the clock has the screen. Shell and systemd alone, because it
# is what is shown where our Node is broken.
set -u
notice=${LINTEL_NOTICE:-/run/lintel-notice/notice}
settings=${LINTEL_SETTINGS_FOLDER:-/etc/lintel}

[ ! -e "$settings/kiosk.json" ] || exit 0
mkdir -p -m 755 "$(dirname "$notice")"
printf 'not-set-up not-set-up\n' >"$notice.new" && chmod 644 "$notice.new" && mv -f "$notice.new" "$notice"
# A machine that is shutting down starts nothing any more.
systemctl start lintel-notice.socket || echo "The screen cannot say so: its port is taken, or the machine ends" >&2
