#!/usr/bin/env bash
# Usage: make-machine.sh FOLDER
# Makes what the machine boots from: Debian's own kernel, and a small first root that mounts this computer's whole file
# system read-only over 9p and runs one script in it. The kernel is fetched through apt (70 MB, once).
# Needs the packages of `provisioning/setup.sh --vm`: qemu-system-x86, busybox-static, cpio, kmod, libinput-tools.
set -euo pipefail

folder=$(realpath -m "$1")
here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
mkdir -p "$folder"/kernel "$folder"/first/{bin,modules,proc,sys,dev,computer}

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

# Modules in the order in which they can be loaded, each with what it stands on.
rm -f "$folder"/first/modules/*
number=100
for module in 9pnet_virtio 9p virtio_pci xhci-pci usbhid hid-generic evdev uhid; do
  for file in $(modprobe -S "$release" -d . --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'); do
    compgen -G "$folder/first/modules/*-$(basename "$file")" >/dev/null && continue
    cp "$file" "$folder/first/modules/$number-$(basename "$file")"
    number=$((number + 1))
  done
done
cp /bin/busybox "$folder/first/bin/busybox"
install -m 0755 "$here/init.sh" "$folder/first/init"
(cd "$folder/first" && find . | cpio --quiet -o -H newc | gzip -1) >"$folder/first.gz"
