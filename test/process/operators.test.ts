import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { runLintelWith } from "../run-lintel.ts";
import { newKey } from "../unit/uplink/parts.ts";
import { startKiosk } from "./kiosk.ts";

/** The real clock of a site, its real commands: from nobody who may act to a sealed export. */

const passphrase = "four words nobody guesses";

test("a site's clock lets nobody in until its owner names operators; each does their own work and it all stands in the journal", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lintel-operators-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const state = join(folder, "state");
  const file = (name: string): string => join(folder, name);
  const spawned = (stdin: string, args: readonly string[]) =>
    runLintelWith({ stdin, env: { XDG_RUNTIME_DIR: file("runtime") } }, ...args);
  const run = (stdin: string, ...args: readonly string[]) => spawned(stdin, [...args, "--state", state]);
  const stateless = (...args: readonly string[]) => spawned("", args);
  const lintel = (...args: readonly string[]) => run("", ...args);
  writeFileSync(file("receiver.jwk"), JSON.stringify(newKey().jwk));
  const site = ["--broker", "mqtt://127.0.0.1:9", "--receiver-key", file("receiver.jwk"), "--camera", "none"];
  await using kiosk = startKiosk(state, ...site);
  onTestFailed(() => console.error(kiosk.lines.map(({ msg }) => msg).join("\n"), kiosk.stderr()));
  await kiosk.url();

  const refused = await lintel("people", "list");
  expect(refused).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("(session-needed)") });
  const operator = async (role: string): Promise<string> => {
    const added = JSON.parse((await lintel("operator", "add", "--role", role, "--json")).stdout);
    const brought = await run(`${added.secret}\n${passphrase}\n`, "operator", "enrol", "--key", file(role));
    expect(brought, brought.stderr).toMatchObject({ status: 0 });
    expect(readFileSync(file(role), "utf8")).toContain(added.operator);
    return added.operator;
  };
  const begin = (role: string, reason: string, said = passphrase) =>
    run(`${said}\n`, "session", "begin", "--key", file(role), "--reason", reason, "--ticket", "CASE-4711");
  const supervisor = await operator("supervisor");
  await operator("privacy-officer");
  expect((await lintel("operator", "add", "--role", "technician")).stderr).toContain("(session-needed)");
  expect((await begin("supervisor", "enrolment", "wrong words altogether")).stderr).toContain("(key-unusable)");
  expect(await begin("supervisor", "enrolment")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("supervisor"),
  });
  expect((await lintel("people", "list")).stdout).toMatch(/^0 people/);
  expect((await lintel("reader", "list")).stderr).toContain("(role-refused)");
  expect((await lintel("audit")).stderr).toContain("(role-refused)");
  expect(await begin("privacy-officer", "inspection")).toMatchObject({ status: 0 });

  const found = JSON.parse((await lintel("audit", "--by", supervisor, "--json")).stdout) as readonly {
    readonly data: { readonly act: string; readonly detail: string };
  }[];
  expect(found.map(({ data }) => `${data.act} ${data.detail}`)).toEqual([
    "operator brought a key",
    "session 15 min",
    "look people",
    "denied readers",
    "denied audit",
  ]);

  const reader = await stateless("snapshot", "key", file("reader.key"));
  writeFileSync(file("reader.pub"), reader.stdout);
  expect(JSON.parse(reader.stdout)).not.toHaveProperty("d");
  const exported = await lintel("audit", "--export", file("sealed"), "--seal", file("reader.pub"));
  expect(exported, exported.stderr).toMatchObject({ status: 0 });
  expect(readFileSync(file("sealed"), "utf8")).not.toContain(Buffer.from('"act"').toString("base64url"));
  const read = ["audit", "read", file("sealed"), "--key", file("reader.key"), "--clock", join(state, "device.pub.jwk")];
  const opened = await stateless(...read);
  expect(opened, opened.stderr).toMatchObject({ status: 0 });
  expect(opened.stdout).toMatch(/records, all genuine, and the manifest fits\n$/);

  const days = ["--first", "2026-11-01", "--last", "2026-11-30", "--seal", file("reader.pub")];
  const asked = await lintel("disclose", "make", "p_00000000000000000ann", ...days, "--out", file("hours"));
  expect(asked, asked.stderr).toMatchObject({ status: 0, stdout: "Sealed: 0 records\n" });
  const proof = ["--key", file("reader.key"), "--clock", join(state, "device.pub.jwk")];
  const proved = await stateless("disclose", "verify", file("hours"), ...proof);
  expect(proved.stdout).toContain("for inspection CASE-4711\n  Nothing of this person and period is here.\n");
  expect(proved.stdout).toMatch(/0 records, all genuine, and the manifest fits\.\n/);
  expect(await lintel("session", "end")).toMatchObject({ status: 0, stdout: "Ended: 2\n" });
  expect((await lintel("people", "list")).stderr).toContain("(session-needed)");
}, 120_000);
