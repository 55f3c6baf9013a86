#!/bin/sh
# What to do when the clock failed for good (OnFailure= of lintel.service): return from an update that was on trial, find
# the code of the failure, have the screen show it, rest, and try again. Wrong settings are tried again when something in
# /etc/lintel changed, and not before: nothing else could mend them.
set -u
launch=${LINTEL_LAUNCH:-/usr/lib/lintel/bin/lintel-launch}
notice=${LINTEL_NOTICE:-/run/lintel-notice/notice}
settings=${LINTEL_SETTINGS_FOLDER:-/etc/lintel}
rest_s=${LINTEL_REST_S:-60}

# A version on trial is the first suspect. Where there was one (10), this starts the version before, and that is all: a
# notice would take the port from it again.
[ ! -x "$launch" ] || "$launch" --failed
[ $? != 10 ] || exit 0

property() {
  systemctl show lintel.service --property="$1" --value
}

# The last words of the clock name a code; without last words the way it ended has to do.
code_of_failure() {
  code=$(journalctl --namespace=lintel _SYSTEMD_UNIT=lintel.service --since=-15min --priority=crit --output=cat --lines=1 2>/dev/null |
    sed -n 's/.*"code":"\([a-z0-9-]*\)".*/\1/p')
  status=$(property ExecMainStatus)
  case $(property ExecMainCode):$status in
    1:78 | 1:75) echo "${code:-exit-$status}" ;;
    1:70) echo bug ;;
    1:*) echo "exit-$status" ;;
    2:6 | 3:6) echo hang ;;
    2:* | 3:*) echo "signal-$status" ;;
    *) property Result ;;
  esac
}

# The site's own, where the settings can still be read; whoever answers the screen may not look into them.
language() {
  sed -n 's/.*"locale"[[:space:]]*:[[:space:]]*"\([a-z][a-z]\).*/\1/p' "$settings/kiosk.json" 2>/dev/null | head -n 1
}

state_of_settings() {
  ls -lRn --time-style=full-iso "$settings" 2>/dev/null | cksum
}

before=$(state_of_settings)
status=$(property ExecMainStatus)
code=$(code_of_failure)
printf 'out-of-order %s %s\n' "$code" "$(language)" >"$notice.new" && mv -f "$notice.new" "$notice"
echo "Out of order: $code" >&2
systemctl start lintel-notice.socket || echo "The screen cannot say so: its port is taken" >&2

if [ "$status" = 78 ]; then
  while [ "$(state_of_settings)" = "$before" ]; do sleep 2; done
else
  sleep "$rest_s"
fi
systemctl reset-failed lintel.service
# This ends us: the two exclude each other.
exec systemctl --no-block start lintel.service
