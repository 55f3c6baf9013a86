import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../kiosk/core/fault.ts";
import { credentialsSince, hasCredentials, oldestSystemd, systemdVersion } from "../../doctor/systemd.ts";
import { textOf } from "../../doctor/tools.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";

/** What processor, operating system and systemd this is, and what that means for the clock. */
export const machine: Step = {
  name: "machine",
  would: "look at the processor, the operating system and systemd",
  check: (context) => describe(context),
  apply: async () => {},
  prove: (context) => describe(context),
};

async function describe(context: Context): Promise<string> {
  const kind = (await textOf(context.ask("uname", "-m")))?.trim() ?? process.arch;
  if (!["x86_64", "aarch64", "x64", "arm64"].includes(kind)) {
    const remedy = "Use a 64-bit board and a 64-bit operating system: on a Raspberry Pi, Raspberry Pi OS (64-bit).";
    throw new Fault("machine-unsuited", `this system is for ${kind}, and there is no Lintel for it`, remedy);
  }
  const os = await readFile(join(context.places.root, "etc/os-release"), "utf8").catch(() => "");
  const [, name = "an unknown Linux"] = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(os) ?? [];
  const systemd = await systemdVersion(context.ask);
  if (context.wish.hasServices && (systemd === null || systemd < oldestSystemd)) {
    const remedy =
      "Use Debian 12, Raspberry Pi OS or JetPack as they are shipped; or say --no-services and start the clock yourself.";
    const why =
      systemd === null
        ? "has no systemd to start the clock with, or one that does not say its version"
        : `has systemd ${systemd}, and the clock's units need ${oldestSystemd} or newer`;
    throw new Fault("machine-unsuited", `${name} on ${kind} ${why}`, remedy);
  }
  const manager = systemd === null ? "no systemd" : `systemd ${systemd}`;
  const keys = hasCredentials(systemd)
    ? ""
    : `; it knows no encrypted credentials (${credentialsSince} does), so what seals people is a file that only the service reads`;
  return `${name} on ${kind}, ${manager}${keys}`;
}
