#!/bin/busybox sh
# The first process of the machine: devices, modules, the computer's files, and then the one script that it was booted for.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in /modules/*; do $b insmod "$module" 2>/dev/null; done
$b mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose computer /computer || echo "VM no files"
for there in proc sys dev; do $b mount --bind "/$there" "/computer/$there"; done
$b mount -t tmpfs run /computer/run
$b mount -t tmpfs tmp /computer/tmp
$b ifconfig lo 127.0.0.1 up
script=$($b sed -n 's/.*lintel\.script=\([^ ]*\).*/\1/p' /proc/cmdline)
$b chroot /computer /bin/sh "$script"
echo "VM ended $?"
$b poweroff -f
