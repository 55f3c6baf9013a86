import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSealingKey } from "../../provisioning/backup/sealing-key.ts";
import { runLintelIn } from "../run-lintel.ts";
import { scratch } from "../scratch.ts";
import { openClock, punches } from "./care.ts";

/** What a bundle must never hold: of a person, of a card, of a key. None of it is a word of ours. */
const canaries = {
  name: "Zwetschgenhuber",
  oddName: "Žďár Ñandú",
  shortName: "Xqu",
  card: "0004711081599",
  pin: "83641907",
  template: "9f3b77aa01cc55de",
  token: "ghx_QmFuYW5lbkJyb3RLdWNoZW4",
  password: "kirschkern-tuer-zwiebelturm",
  mail: "huberin.quark@zwetschge.example",
  host: "mqtt-zwetschgenhof",
  path: "Pflaumenkeller",
};

/** The same text as it might hide. */
function guises(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const shifted = [0, 1, 2].map((at) => {
    const whole = Buffer.concat([Buffer.alloc(at), bytes]).toString("base64");
    // Of each alignment what depends on these bytes alone.
    return whole.slice(at === 0 ? 0 : at + 1, -4);
  });
  return [
    ...[text, text.toUpperCase(), bytes.toString("hex"), encodeURIComponent(text), JSON.stringify(text).slice(1, -1)],
    ...[Buffer.from(text, "utf16le").toString("latin1"), [...text].reverse().join("")],
    ...shifted.filter((one) => one.length >= 6).flatMap((one) => [one, one.replaceAll("+", "-").replaceAll("/", "_")]),
  ];
}

const everything = Object.values(canaries).join(" | ");

/** A clock's folder, log, settings, environment and tools, each of which holds everything that must not leave. */
async function indiscreetClock() {
  const [state, tools] = [scratch(), scratch()];
  {
    await using clock = await openClock(state);
    await punches(clock, 3);
  }
  for (const folder of ["people", `people/${canaries.path}`]) mkdirSync(join(state, folder), { recursive: true });
  for (const name of [
    "settings.json",
    "roster.sqlite",
    "wanted.json",
    "people/names",
    `people/${canaries.path}/x`,
    canaries.name,
  ]) {
    writeFileSync(join(state, name), everything);
  }
  const settings = join(tools, "kiosk.json");
  writeFileSync(
    settings,
    JSON.stringify({
      ...{
        siteName: canaries.name,
        gate: canaries.oddName,
        controller: everything.slice(0, 70),
        contact: canaries.mail,
      },
      ...{ broker: `mqtts://${canaries.name}:${canaries.password}@${canaries.host}:8883`, brokerUser: canaries.name },
      ...{ brokerPasswordFile: `/etc/${canaries.path}`, groups: ["zwetschgenhuber"], thanksMs: 4321 },
    }),
  );
  const log = join(tools, "log");
  const line = (fields: object): string =>
    `<4>${JSON.stringify({ level: 40, time: "2026-11-22T08:00:00.000Z", ...fields })}`;
  writeFileSync(
    log,
    [
      line({
        event: "room-down",
        room: "camera",
        code: "camera-lost",
        msg: `The camera is away (camera-lost). ${everything}`,
      }),
      line({ event: canaries.name, code: canaries.token, op: canaries.card, is: canaries.pin, msg: "x" }),
      line({ msg: "a bug", stack: `TypeError: ${everything} at run (/home/${canaries.path}/kiosk/run.ts:12:3)` }),
      line({ [canaries.name]: canaries.card, sub: canaries.name, msg: Buffer.from(everything).toString("base64") }),
      `no JSON: ${everything} ${Buffer.from(everything).toString("hex")}`,
      line({
        event: "receipt",
        epoch: 1,
        upto: 17,
        msg: "Receipt from payroll: everything up to record 1/17 is stored there",
      }),
    ].join("\n"),
  );
  for (const [name, said] of Object.entries({
    systemctl: `Id=lintel.service\nActiveState=active\nNRestarts=3\nResult=${canaries.name} ${canaries.card}\nEnvironment=${everything}\n`,
    journalctl: everything,
  })) {
    writeFileSync(join(tools, name), `#!/bin/sh\ncat <<'EOT'\n${said}\nEOT\n`);
    chmodSync(join(tools, name), 0o755);
  }
  const env = {
    PATH: `${tools}:${process.env.PATH}`,
    LINTEL_POLICY_URL: `https://${canaries.path}.example/`,
    TOKEN: everything,
  };
  return { state, settings, log, tools, env };
}

test("O5 IC-8 a bundle tells what is wrong with the clock, and nothing of anybody, in whatever guise", {
  timeout: 120_000,
}, async () => {
  const { state, settings, log, tools, env } = await indiscreetClock();
  const clock = ["--config", settings, "--state", state];
  const plain = join(tools, "plain.json");
  const made = await runLintelIn(env, "support", "--out", plain, "--log", log, ...clock);
  expect(made.code, made.stderr).toBe(0);
  expect(made.stderr).toContain("It is NOT sealed");
  const text = readFileSync(plain, "utf8");

  const { d = "" } = JSON.parse(readFileSync(join(state, "device.key.jwk"), "utf8")) as { d?: string };
  expect(d).not.toBe("");
  const secrets = {
    ...canaries,
    key: d,
    rawKey: Buffer.from(d, "base64url").toString("latin1"),
    person: "0123456789abcdefghjk",
  };
  for (const [what, secret] of Object.entries(secrets)) {
    for (const guise of guises(secret)) {
      expect(text.toLowerCase().includes(guise.toLowerCase()), `${what} as ${guise.slice(0, 20)}`).toBe(false);
    }
  }

  const bundle = JSON.parse(text) as {
    readonly doctor: readonly object[];
    readonly log: { readonly lines: readonly Record<string, unknown>[] };
    readonly [member: string]: unknown;
  };
  expect(Object.keys(bundle).toSorted()).toEqual([
    "doctor",
    "folder",
    "journal",
    "lintel",
    "log",
    "made",
    "settings",
    "telemetry",
    "units",
    "v",
    "versions",
  ]);
  // And it is worth sending.
  expect(bundle.journal).toMatchObject({ aboutPeople: 3, isSound: true, head: { epoch: 1 } });
  expect(bundle.settings).toMatchObject({
    thanksMs: 4321,
    siteName: "set",
    broker: "mqtts://…:8883",
    tenant: "as it comes",
  });
  expect(bundle.units).toMatchObject([{ Id: "lintel.service", ActiveState: "active", NRestarts: "3" }]);
  expect(bundle.log).toMatchObject({ missing: null });
  const { lines } = bundle.log;
  expect(lines[0]).toMatchObject({
    level: 40,
    event: "room-down",
    code: "camera-lost",
    said: expect.stringMatching(/^The camera is away/),
  });
  expect(lines[2]).toMatchObject({ stack: "kiosk/run.ts:12" });
  expect(lines.at(-1)).toMatchObject({
    upto: 17,
    said: expect.stringMatching(/everything up to record 1\/17 is stored there/),
  });
  expect(bundle.doctor.length).toBeGreaterThan(8);
  expect(JSON.stringify(bundle.doctor)).toContain("time-");

  // With a key nobody on the way reads any of it.
  writeFileSync(join(tools, "public.jwk"), JSON.stringify(makeSealingKey(join(tools, "private.jwk"))));
  const sealed = join(tools, "sealed");
  const flags = ["--no-doctor", "--out", sealed, "--for", join(tools, "public.jwk"), "--log", log];
  expect(await runLintelIn(env, "support", ...flags, ...clock)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/sealed for/),
  });
  expect(readFileSync(sealed, "utf8")).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const opened = await runLintelIn(env, "support", "open", sealed, "--key", join(tools, "private.jwk"));
  expect(JSON.parse(opened.stdout)).toMatchObject({ lintel: "support", journal: { aboutPeople: 3 } });
  makeSealingKey(join(tools, "other.jwk"));
  const other = await runLintelIn(env, "support", "open", sealed, "--key", join(tools, "other.jwk"));
  expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/backup-foreign/) });
  const again = await runLintelIn(env, "support", ...flags, ...clock);
  expect(again, "nothing is overwritten").toMatchObject({ code: 2 });
});
