import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lookAtServices } from "../../provisioning/doctor/look/services.ts";
import { credentialsSince, oldestSystemd } from "../../provisioning/doctor/systemd.ts";
import { needs } from "../../provisioning/package/control.ts";
import { machineWith } from "../provisioning/doctor-machine.ts";

/**
 * Which systemd knows the words of our units. One that does not know a word says so in its log and goes on without it
 * (systemd.syntax(7)): so each word that is newer than the oldest systemd that we install on must be one to do without.
 */

const units = join(import.meta.dirname, "../../systemd");

/** Newer than 245, by systemd's own NEWS: since when, and what is so without it. */
const newer: Readonly<Record<string, readonly [since: number, without: string]>> = {
  LoadCredentialEncrypted: [250, "what seals people is a file that only the service reads"],
  ProcSubset: [247, "it is only ever set to what is usual"],
  ProtectProc: [247, "the clock and its screen see the names of other users' processes"],
};

/** What 245 (Ubuntu 20.04, JetPack 5) knows. Whoever uses another word looks into systemd's NEWS and writes it here or above. */
const known = new Set(
  `Accept After AmbientCapabilities BindsTo CPUSchedulingPolicy CapabilityBoundingSet CollectMode ConditionPathExists ConditionPathIsMountPoint Conflicts
  Description DeviceAllow DevicePolicy DynamicUser Environment ExecCondition ExecStart ExecStartPost ExecStartPre ExecStop
  ExecStopPost Group
  IOSchedulingClass IPAddressAllow IPAddressDeny InaccessiblePaths KeyringMode KillMode LimitCORE ListenStream LockPersonality
  LogNamespace MaxConnections MemoryDenyWriteExecute MemoryHigh MemoryMax MemorySwapMax Nice NoNewPrivileges NotifyAccess
  OOMScoreAdjust OnBootSec OnCalendar OnFailure OnUnitInactiveSec PAMName PathExists Persistent PrivateDevices PrivateNetwork
  PrivateTmp PrivateUsers ProtectClock ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules
  ProtectKernelTunables ProtectSystem RandomizedDelaySec ReadWritePaths RemainAfterExit RemoveIPC Restart RestartPreventExitStatus RestartSec
  RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID RuntimeDirectory RuntimeDirectoryMode
  RuntimeDirectoryPreserve RuntimeMaxSec StandardError StandardInput StandardOutput StartLimitBurst StartLimitIntervalSec
  StateDirectory StateDirectoryMode SupplementaryGroups SystemCallArchitectures SystemCallErrorNumber SystemCallFilter
  TTYPath TTYReset TTYVHangup TTYVTDisallocate TasksMax TimeoutStartSec TimeoutStopSec Type UMask User UtmpIdentifier UtmpMode
  WantedBy Wants WatchdogSec WorkingDirectory`.split(/\s+/),
);

test("every word of our units is one that the oldest systemd knows, or one to do without", () => {
  const used = new Map<string, string>();
  for (const name of readdirSync(units).filter((one) => /\.(service|timer|socket|path|target)$/.test(one)))
    for (const [, word = ""] of readFileSync(join(units, name), "utf8").matchAll(/^([A-Z][A-Za-z0-9]*)=/gm))
      used.set(word, name);
  const strange = [...used].filter(([word]) => !known.has(word) && newer[word] === undefined);
  expect(strange, "since when does systemd know it?").toEqual([]);
  expect(Object.keys(newer).filter((word) => !used.has(word))).toEqual([]);
  for (const [since] of Object.values(newer)) expect(since).toBeGreaterThan(oldestSystemd);
});

test("the doctor names the version, and says what an old one cannot", async () => {
  const systemOf = async (version: string) =>
    (await lookAtServices(machineWith({ tools: { "systemctl --version": version } }))).find(
      ({ about }) => about === "system",
    )?.sentence;
  expect(await systemOf("systemd 252 (252.39-1~deb12u2)\n+PAM")).toMatch(/, systemd 252(,|$)/);
  for (const version of [245, 249])
    expect(await systemOf(`systemd ${version} (old)`)).toContain(`systemd ${version} (what seals people is a file;`);
  expect(await systemOf("nonsense")).not.toContain("systemd");
});

test("what is said of old systemds is the same in the package, the set-up and the page about it", () => {
  expect(needs.map(([name]) => name)).toContain(`systemd (>= ${oldestSystemd})`);
  const page = readFileSync(join(import.meta.dirname, "../../docs/kiosk-shell.md"), "utf8");
  for (const [word, [since, without]] of Object.entries(newer))
    expect(page).toContain(`| \`${word}=\` | ${since} | ${without} |`);
  expect(page).toContain(`${credentialsSince}`);
});
