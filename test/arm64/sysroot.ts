import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a payload needs of an arm64 Debian, unpacked into a folder: apt fetches and checks it, and installs nothing. */
const packages = ["libc6", "libstdc++6", "libgcc-s1", "libatomic1", "libusb-1.0-0", "libudev1", "libcap2", "zlib1g"];

/**
 * @param folder keeps the sysroot from one run to the next.
 * @returns the sysroot's path.
 */
export function sysrootIn(folder: string): string {
  const sysroot = join(folder, "sysroot");
  if (existsSync(join(sysroot, "lib/aarch64-linux-gnu/libc.so.6"))) return sysroot;
  const [apt, debs] = [join(folder, "apt"), join(folder, "debs")];
  for (const name of ["lists/partial", "cache/archives/partial", "etc"])
    mkdirSync(join(apt, name), { recursive: true });
  mkdirSync(debs, { recursive: true });
  writeFileSync(join(apt, "status"), "");
  const options = [
    ...["APT::Architecture=arm64", "APT::Architectures=arm64", `Dir::State=${apt}`, `Dir::State::status=${apt}/status`],
    ...[`Dir::State::lists=${apt}/lists`, `Dir::Cache=${apt}/cache`, "APT::Sandbox::User=root"],
    ...["Acquire::Languages=none", "Debug::NoLocking=true"],
  ].flatMap((option) => ["-o", option]);
  execFileSync("apt-get", [...options, "-q", "update"], { stdio: ["ignore", "ignore", "inherit"] });
  execFileSync("apt-get", [...options, "-q", "download", ...packages], {
    cwd: debs,
    stdio: ["ignore", "ignore", "inherit"],
  });
  mkdirSync(sysroot, { recursive: true });
  for (const deb of readdirSync(debs)) execFileSync("dpkg-deb", ["-x", join(debs, deb), sysroot]);
  return sysroot;
}
