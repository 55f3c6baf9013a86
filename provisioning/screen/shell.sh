#!/bin/sh
# Makes a computer a clock and nothing else, or takes that back: no login on its seat, no keys that restart it, the
# board's watchdog, limits for its log, and the screen. Safe to run again; changes nothing that is not Lintel's own.
#   shell.sh apply [--usb]   --usb: only hubs, known readers and cameras by USB as well (needs usbguard)
#   shell.sh undo
#   shell.sh show            what is in force, one line each; 1 where something is missing
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
etc=${LINTEL_ETC:-/etc}
usb_rules=${LINTEL_USB_RULES:-/usr/share/lintel/usbguard/lintel.rules}
masked='ctrl-alt-del.target getty@tty1.service autovt@.service'
files=$(cd "$here/etc" && find . -type f | sort)

refuse() {
  echo "shell: $1 ($2)" >&2
  echo "What to do: $3" >&2
  exit 2
}

link_to_nothing() {
  mkdir -p "$etc/systemd/system"
  # What somebody put there by hand is theirs.
  if [ -e "$etc/systemd/system/$1" ] && [ ! -L "$etc/systemd/system/$1" ]; then
    refuse "$etc/systemd/system/$1 is a file of somebody's" shell-taken "Move it away, then run this again."
  fi
  ln -sfn /dev/null "$etc/systemd/system/$1"
}

apply() {
  # The first write tells whether any is possible, before anything is half done.
  mkdir -p "$etc/systemd/system" 2>/dev/null && [ -w "$etc/systemd/system" ] ||
    refuse "$etc cannot be written" shell-read-only "Run this as root, on a disk that takes writes: mount -o remount,rw /"
  if [ "${1:-}" = --usb ]; then
    command -v usbguard >/dev/null || refuse "there is no usbguard" tool-missing "apt install usbguard, then run this again."
    [ -r "$usb_rules" ] || refuse "there are no USB rules at $usb_rules" asset-missing "Install the package again."
  fi
  for file in $files; do
    mkdir -p "$etc/$(dirname "$file")"
    cp "$here/etc/$file" "$etc/$file.new" && mv -f "$etc/$file.new" "$etc/$file"
  done
  for unit in $masked; do link_to_nothing "$unit"; done
  if [ "${1:-}" = --usb ]; then
    mkdir -p "$etc/usbguard/rules.d"
    cp "$usb_rules" "$etc/usbguard/rules.d/70-lintel.conf"
    chmod 600 "$etc/usbguard/rules.d/70-lintel.conf"
  fi
  echo "This computer is a clock now. The rest comes with the next start."
}

undo() {
  for file in $files; do rm -f "$etc/$file"; done
  for unit in $masked; do
    [ "$(readlink "$etc/systemd/system/$unit" 2>/dev/null)" != /dev/null ] || rm -f "$etc/systemd/system/$unit"
  done
  rm -f "$etc/usbguard/rules.d/70-lintel.conf"
  echo "This computer is a computer again. The rest comes with the next start."
}

show() {
  missing=0
  for file in $files; do
    if cmp -s "$here/etc/$file" "$etc/$file"; then echo "in force  $etc/${file#./}"; else echo "missing   $etc/${file#./}" && missing=1; fi
  done
  for unit in $masked; do
    if [ "$(readlink "$etc/systemd/system/$unit" 2>/dev/null)" = /dev/null ]; then echo "masked    $unit"; else echo "open      $unit" && missing=1; fi
  done
  return $missing
}

case ${1:-} in
  apply | undo | show)
    "$@"
    ;;
  *)
    echo "usage: shell.sh apply [--usb] | undo | show" >&2
    exit 64
    ;;
esac
