#!/bin/sh
# Runs inside the machine, on this computer's files: udev, the compositor's ears, and the reader room.
# udev refuses to work in a changed root unless it is told that this is meant.
export SYSTEMD_IGNORE_CHROOT=1
here=$(dirname "$0")
node="$here/../../node_modules/.bin/node"
mkdir -p /run/udev/rules.d
case "$(cat /proc/cmdline)" in
  *lintel.rules=yes*)
    "$node" "$here/../../provisioning/cli.ts" reader rules --readers "$here/readers.json" >/run/udev/rules.d/70-lintel-reader.rules
    ;;
esac
/lib/systemd/systemd-udevd --daemon 2>/dev/null
udevadm trigger --action=add
udevadm settle --timeout=60
# What a compositor hears: it listens to every device that libinput finds.
stdbuf -oL libinput debug-events >/run/heard 2>&1 &
# Its first line says that it has looked.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  if [ -s /run/heard ]; then break; fi
  sleep 1
done
exec "$node" "$here/guest.ts"
