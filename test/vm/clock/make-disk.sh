#!/usr/bin/env bash
# Usage: make-disk.sh DISK ROOT DEB ASSETS MODULES
# Makes the disk that a clock's machine starts from: the Debian of test/boot/make-root.sh with our package installed in it as
# for an image, the seat closed as docs/kiosk-shell.md has it, and what the test needs to look inside. Needs root; the
# mounts are nobody else's (unshare) and go with it.
set -euo pipefail

if [ "${LINTEL_INSIDE:-}" != yes ]; then
  LINTEL_INSIDE=yes exec unshare --mount -- "$0" "$@"
fi
disk=$1 root=$2 deb=$3 assets=$4 modules=$5
here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
place=$(mktemp -d "$(dirname "$disk")/disk.XXXXXX")
trap 'umount "$place/top" 2>/dev/null || true; rm -rf "$place"' EXIT
mkdir "$place"/{upper,work,top}
mount -t overlay -o "lowerdir=$root,upperdir=$place/upper,workdir=$place/work" lintel "$place/top"
top=$place/top

cp "$deb" "$top/lintel.deb"
chroot "$top" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends /lintel.deb >"$place/apt.log" 2>&1 ||
  { cat "$place/apt.log" >&2; exit 1; }
rm "$top/lintel.deb"
chroot "$top" sh /usr/lib/lintel/provisioning/screen/shell.sh apply >/dev/null
mkdir -p "$top/usr/lib/lintel/models"
cp -a "$assets/." "$top/usr/lib/lintel/models/"
mkdir -p "$top/usr/lib/modules"
cp -a "$modules/lib/modules/." "$top/usr/lib/modules/"

# The root is whole again at every start, as an overlay in memory would have it; the clock's state has a disk of its own.
cp "$here/etc/fstab" "$top/etc/fstab"
cp "$here"/etc/*.service "$here"/etc/*.socket "$top/etc/systemd/system/"
install -D -m 0644 "$here/etc/patience.conf" "$top/etc/systemd/system/lintel.service.d/patience.conf"
cp "$here/etc/wire.network" "$top/etc/systemd/network/"
cp "$here/etc/73-lintel-housing.rules" "$top/etc/udev/rules.d/"
chroot "$top" systemctl -q enable systemd-networkd.service test-hand.service test-wall.socket
# Nothing here has a display.
chroot "$top" systemctl -q mask lintel-screen.service
# Each boot is the same machine: what is written down of it stays on the root, which forgets.
echo 0123456789abcdef0123456789abcdef >"$top/etc/machine-id"
mkdir -p "$top/etc/lintel" "$top/computer"
rm -f "$disk.new"
truncate -s 5G "$disk.new"
mkfs.ext4 -q -L lintel-root -d "$top" "$disk.new"
mv "$disk.new" "$disk"
