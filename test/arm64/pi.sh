#!/bin/sh
# Runs a program of arm64 as a Raspberry Pi 4 would see itself: pi.sh SYSROOT PROGRAM [ARG...], in a mount namespace of its
# own. The models' runtime reads what processors there are, and would find the build machine's.
set -eu
sysroot=$1
shift
mount -t tmpfs tmpfs /sys
mkdir -p /sys/devices/system/cpu
echo 0-3 >/sys/devices/system/cpu/possible
echo 0-3 >/sys/devices/system/cpu/present
cpuinfo=$(mktemp)
for core in 0 1 2 3; do
  printf 'processor\t: %s\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU implementer\t: 0x41\n' "$core"
  printf 'CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3\n\n'
done >"$cpuinfo"
mount --bind "$cpuinfo" /proc/cpuinfo
exec qemu-aarch64-static -cpu cortex-a72 -L "$sysroot" "$@"
