#!/bin/sh
# The screen's one window. It waits a little for somebody to have the clock's port, be it the clock or the notice, so that
# nobody sees a browser's own error; after that it goes on without, and the browser tries again by itself.
set -u
profile=${RUNTIME_DIRECTORY:?made by systemd: RuntimeDirectory=}/profile

answers() {
  # 127.0.0.1:8080 that listens, as the kernel writes it. No program that could ask is on every system.
  grep -q ' 0100007F:1F90 00000000:0000 0A ' /proc/net/tcp
}

waited=0
while [ "$waited" -lt 30 ] && ! answers; do
  sleep 1
  waited=$((waited + 1))
done

browser=''
for name in chromium chromium-browser google-chrome-stable; do
  # Ubuntu's chromium-browser is a snap, which runs in nobody's service.
  path=$(command -v "$name") && case $(readlink -f "$path") in *snap*) ;; *) browser=$path && break ;; esac
done
if [ -z "$browser" ] || ! command -v cage >/dev/null; then
  echo "The screen needs cage and a Chromium that is no snap. Install them: apt install cage chromium" >&2
  exit 78
fi

# A wall without a touch panel or keyboard is a wall all the same.
export WLR_LIBINPUT_NO_DEVICES=1
# Its user has no home.
export HOME="$RUNTIME_DIRECTORY"
# The profile is new: /run/lintel-screen went with the last end. Switching terminals is off in cage where nobody says -s.
exec cage -d -- "$browser" --kiosk --ozone-platform=wayland --start-maximized \
  --user-data-dir="$profile" --disk-cache-size=1048576 --password-store=basic \
  --no-first-run --noerrdialogs --disable-infobars --disable-session-crashed-bubble --disable-pinch \
  --overscroll-history-navigation=0 --disable-features=Translate --check-for-update-interval=31536000 \
  --disable-background-networking --disable-component-update --disable-sync --disable-breakpad \
  --autoplay-policy=no-user-gesture-required \
  http://127.0.0.1:8080/
