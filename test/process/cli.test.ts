import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, test } from "vitest";
import { startKiosk } from "./kiosk.ts";

const lintel = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["provisioning/cli.ts", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

const folder = (): string => mkdtempSync(join(tmpdir(), "lintel-cli-"));

describe("lintel", () => {
  const state = folder();
  beforeAll(async () => {
    await using kiosk = startKiosk(state);
    await kiosk.line(({ event }) => event === "saved", 40_000);
    await kiosk.end();
  });

  test("explains itself, and says 2 when it was not understood", () => {
    const help = lintel("--help");
    expect(help.status).toBe(0);
    for (const word of ["verify", "config", "assets", "enrol", "people", "Exit codes"])
      expect(help.stdout).toContain(word);
    const lost = lintel("verfy", state);
    expect(lost.status).toBe(2);
    expect(lost.stderr).toContain("Did you mean verify?");
  });

  test("verify proves a good journal in words and for programs", () => {
    const words = lintel("verify", state);
    expect(words.stdout).toMatch(/^Good: \d+ records, every signature, number and link proved\./);
    expect(words.status).toBe(0);
    const { records, firstBad, epochs } = JSON.parse(lintel("verify", state, "--json").stdout);
    expect(records).toBeGreaterThan(5);
    expect(firstBad).toBeNull();
    expect(epochs).toMatchObject([{ epoch: 1, reason: "factory" }]);
  });

  test("EC-9 S4 verify names the first bad record and says 1", () => {
    const copy = folder();
    cpSync(state, copy, { recursive: true });
    const journal = new DatabaseSync(join(copy, "journal.sqlite"));
    const triggers = journal.prepare("select name from sqlite_master where type = 'trigger'").all() as {
      name: string;
    }[];
    for (const { name } of triggers) journal.exec(`drop trigger ${name}`);
    journal.exec("update record set jws = replace(jws, substr(jws, 200, 4), 'AAAA') where seq = 3");
    journal.close();
    const { status, stdout } = lintel("verify", copy);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^BAD at record 1\/3: /);
  });

  test("verify of a folder without a journal says so", () => {
    const { status, stdout } = lintel("verify", folder());
    expect(status).toBe(1);
    expect(stdout).toContain("no journal.sqlite");
  });

  test("config shows what would hold, and the schema for editors", () => {
    const shown = lintel("config", "--", "--port", "9000", "--state", state);
    expect(JSON.parse(shown.stdout)).toMatchObject({ port: 9000, broker: "embedded" });
    expect(JSON.parse(lintel("config", "--schema").stdout)).toMatchObject({ additionalProperties: false });
    const wrong = lintel("config", "--", "--prot", "1");
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('Did you mean "port"?');
  });

  test("assets are as pinned", () => {
    const { status, stdout } = lintel("assets");
    expect(status).toBe(0);
    expect(stdout.match(/files are as pinned/g)).toHaveLength(2);
  });
});

test("the kiosk lists its settings when asked", () => {
  const { status, stdout } = spawnSync(process.execPath, ["kiosk/main.ts", "--help"], { encoding: "utf8" });
  expect(status).toBe(0);
  for (const word of ["--camera", "--broker", "--fresh", "LINTEL_STATE"]) expect(stdout).toContain(word);
});
