#!/bin/sh
# Makes a Debian 12 as small as a technician's, with what the package depends on, once; $1 is the folder. With --screen
# also what shows a page: cage and Chromium (another 700 MB).
# LINTEL_MIRROR names another mirror than debootstrap's own.
# It is the first half of an image for amd64 as well (docs/kiosk-shell.md).
set -eu
root=$1
screen=${2:-}
[ "$(id -u)" = 0 ] || { echo "make-root: debootstrap needs root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "make-root: apt install debootstrap systemd-container" >&2; exit 2; }
# What was cut short is not taken for whole.
rm -rf "$root.new"
mkdir -p "$(dirname "$root")"
debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,udev,procps,init-system-helpers,libpam-systemd \
  bookworm "$root.new" ${LINTEL_MIRROR:+"$LINTEL_MIRROR"}
set -- ffmpeg v4l-utils libusb-1.0-0 libatomic1 systemd-timesyncd gpiod
[ "$screen" != --screen ] || set -- "$@" cage xwayland chromium chromium-sandbox fonts-dejavu-core
# debootstrap chooses among alternatives by name; apt knows better.
chroot "$root.new" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@"
chroot "$root.new" apt-get clean
# A machine that was never started: its first start gives it an identity.
: >"$root.new/etc/machine-id"
rm -rf "$root"
mv "$root.new" "$root"
