#!/bin/busybox sh
# The first process of a clock's machine until its disk is there; then systemd is. On a board the boot loader's files do this.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in /modules/*; do $b insmod "$module" 2>/dev/null; done
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -b /dev/vda ] && break
  $b sleep 1
done
$b mount -t ext4 /dev/vda /computer || echo "VM no disk"
for there in proc sys dev; do $b mount --move "/$there" "/computer/$there"; done
exec $b switch_root /computer /sbin/init
