import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogue, cataloguePage } from "../../provisioning/doctor/catalogue.ts";
import { examine, type Placed } from "../../provisioning/doctor/examine.ts";
import { settingsOrInstalled, stateOrInstalled } from "../../provisioning/doctor/installed.ts";
import { folder, machineWith, toolsIn } from "./doctor-machine.ts";

/** The command as a technician runs it, and the page that lists what it may say. */

const root = join(import.meta.dirname, "../..");

function doctor(tools: Parameters<typeof toolsIn>[1], ...args: readonly string[]) {
  const place = folder();
  const env = { PATH: toolsIn(join(place, "bin"), tools) };
  const all = ["doctor", ...args, "--state", join(place, "state")];
  return new Promise<{ stdout: string; stderr: string; code: number | null }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, "provisioning/cli.ts"), ...all],
      { env },
      (_, stdout, stderr) => resolve({ stdout, stderr, code: child.exitCode }),
    );
  });
}

test("its tools come through PATH, its first sentence is what to mend first, and it ends with 1", async () => {
  const { stdout, code } = await doctor({ "vcgencmd get_throttled": "throttled=0x50005\n" }, "--only", "power");
  expect(stdout).toContain("WRONG supply        the voltage is too low now (0x50005) (power-low)\n");
  expect(stdout).toMatch(/\n {20}-> Use the board maker's own supply/);
  expect(stdout).toContain("Begin with: the voltage is too low now (0x50005) (power-low).");
  expect(code).toBe(1);
});

test("for programs it is the same as JSON, by area, in the order of mending; nothing wrong ends with 0", async () => {
  const tools = { "vcgencmd get_throttled": "throttled=0x0\n", "timedatectl show -p NTP": "NTP=no\n" };
  const { stdout, code } = await doctor(tools, "--json", "--only", "time,power,services");
  const findings = JSON.parse(stdout) as readonly Placed[];
  expect([...new Set(findings.map(({ area }) => area))]).toEqual(["power", "time", "services"]);
  expect(findings.map(({ code: one }) => one)).toContain("time-no-service");
  expect(code).toBe(0);
});

test("whoever may not ask the clock does not take its camera or its place at the broker", async () => {
  const machine = { ...machineWith({ settings: ["--camera", 'command:["/bin/false"]'] }), isClosed: true };
  const found: Placed[] = [];
  for await (const one of examine(machine, ["camera", "broker"], AbortSignal.timeout(5_000))) found.push(one);
  expect(found.map(({ area, code }) => `${area} ${code}`)).toEqual(["camera rights-missing", "broker rights-missing"]);
});

test("without settings the clock that is installed here is meant, and with any only what is said", () => {
  const place = folder();
  const clock = { config: join(place, "kiosk.json"), state: join(place, "state") };
  expect(settingsOrInstalled([], {}, clock)).toEqual([]);
  expect(stateOrInstalled(clock)).toBe("state");
  writeFileSync(clock.config, "{}");
  expect(settingsOrInstalled([], { PATH: "/bin" }, clock)).toEqual(["--config", clock.config, "--state", clock.state]);
  expect(settingsOrInstalled(["--state", "x"], {}, clock)).toEqual(["--state", "x"]);
  expect(settingsOrInstalled([], { LINTEL_STATE: "x" }, clock)).toEqual([]);
  expect(stateOrInstalled(clock)).toBe(clock.state);
});

test("an area that there is not is refused with 2", async () => {
  const { stderr, code } = await doctor({}, "--only", "weather");
  expect(stderr).toContain("Of power, storage, time");
  expect(code).toBe(2);
});

const sources = (folderName: string): string =>
  readdirSync(join(root, folderName), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("catalogue"))
    .map((name) => readFileSync(join(root, folderName, name), "utf8"))
    .join("\n");

/** What other rooms throw through the doctor's hands: told in their own words, and listed all the same. */
const thrown = [
  ...["broker-unreachable", "broker-refused", "camera-lost", "camera-garbage", "tool-missing"],
  ...["asset-missing", "asset-changed", "model-banned", "model-licence", "config-unknown-key"],
];

test("O2 every code of the doctor's own stands in the catalogue, and nothing in it is never said", () => {
  const text = sources("provisioning/doctor");
  const said = [
    ...text.matchAll(/\b(?:bad|weak|remedyOf|Fault)\(\s*"([a-z-]+)"|code: "([a-z-]+)"|\? "([a-z]+-[a-z-]+)" :/g),
  ];
  const codes = new Set(said.flatMap(([, one, two, three]) => [one ?? two ?? three ?? ""]));
  expect([...codes].filter((code) => !(code in catalogue))).toEqual([]);
  const unsaid = Object.keys(catalogue).filter((code) => !text.includes(`"${code}"`) && !thrown.includes(code));
  expect(unsaid).toEqual([]);
});

test("docs/doctor.md lists every code with its remedy, as `lintel doctor --codes` prints them", async () => {
  const page = readFileSync(join(root, "docs/doctor.md"), "utf8");
  expect(page).toContain(`\n${cataloguePage()}\n`);
  expect((await doctor({}, "--codes")).stdout).toBe(`${cataloguePage()}\n`);
});
