#!/usr/bin/env bash
# Usage: make-machine.sh FOLDER
# Makes what the machine boots from: Debian's own kernel, and a small first root that mounts this computer's whole file
# system read-only over 9p and runs one script in it (first.gz); for a clock's machine one that mounts its disk (clock.gz),
# and the modules that belong on that disk. The kernel is fetched through apt (70 MB, once).
# Needs the packages of `provisioning/setup.sh --vm`: qemu-system-x86, busybox-static, cpio, kmod, libinput-tools, gpiod.
set -euo pipefail

folder=$(realpath -m "$1")
here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
mkdir -p "$folder/kernel"

cd "$folder/kernel"
if ! compgen -G "boot/vmlinuz-*" >/dev/null; then
  name=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -n 1)
  compgen -G "$name*.deb" >/dev/null || apt-get -q download "$name"
  dpkg-deb -x "$name"*.deb .
  rm -f ./*.deb
fi
release=$(ls lib/modules)
depmod -b . "$release"
cp "boot/vmlinuz-$release" "$folder/vmlinuz"

# Modules that these stand on, and themselves, in the order in which they can be loaded.
with_all() {
  for module in "$@"; do
    modprobe -S "$release" -d . --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | awk '!seen[$0]++'
}

# first_root NAME INIT MODULE...
first_root() {
  local first=$folder/$1 init=$2 number=100 file
  shift 2
  rm -rf "$first"
  mkdir -p "$first"/{bin,modules,proc,sys,dev,computer}
  for file in $(with_all "$@"); do
    cp "$file" "$first/modules/$number-$(basename "$file")"
    number=$((number + 1))
  done
  cp /bin/busybox "$first/bin/busybox"
  install -m 0755 "$init" "$first/init"
  (cd "$first" && find . | cpio --quiet -o -H newc | gzip -1) >"$first.gz"
}

first_root first "$here/init.sh" 9pnet_virtio 9p virtio_pci xhci-pci usbhid hid-generic evdev uhid hid-mcp2221
first_root clock "$here/clock/init.sh" virtio_pci virtio_blk crc32c_generic ext4

rm -rf "$folder/modules"
for file in $(with_all 9pnet_virtio 9p virtio_net usbhid hid-generic evdev uhid hid-mcp2221 vivid i6300esb ext4 xhci-pci usb-storage sd_mod vfat nls_cp437 nls_ascii); do
  install -D -m 0644 "$file" "$folder/modules/${file#"$PWD/"}"
done
cp lib/modules/"$release"/modules.{order,builtin,builtin.modinfo} "$folder/modules/lib/modules/$release/"
depmod -b "$folder/modules" "$release"
