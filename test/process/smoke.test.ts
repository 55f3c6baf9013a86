import { execFileSync } from "node:child_process";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scratch } from "../scratch.ts";
import { startKiosk } from "./kiosk.ts";

const childrenOf = (pid: number | undefined): string =>
  execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(pid)], { encoding: "utf8" }).trim();

describe("the whole process", () => {
  test("starts on nothing, shows a first screen, and leaves with 0 and nothing open when asked to", async () => {
    const state = scratch();
    await using kiosk = startKiosk(state);
    const url = await kiosk.url();
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await kiosk.line(({ event }) => event === "saved", 40_000);
    expect(childrenOf(kiosk.child.pid)).toContain("ffmpeg");
    const [camera = ""] = childrenOf(kiosk.child.pid).split(/\s+/);
    expect(await kiosk.end("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(kiosk.stderr()).toBe("");
    expect(() => process.kill(Number(camera), 0)).toThrow();
    await expect(fetch(url)).rejects.toThrow();
  });

  test("says no name, no card number and no picture in its log", async () => {
    const state = scratch();
    await using kiosk = startKiosk(state);
    await kiosk.line(({ event }) => event === "saved", 40_000);
    await kiosk.end();
    const log = JSON.stringify(kiosk.lines);
    for (const secret of ["Alex", "Rivera", "Sam", "Duval", "demo:1001", "demo:1002"])
      expect(log).not.toContain(secret);
  });
});

describe("a start that cannot be", () => {
  const refused = async (code: number, state: string, flags: readonly string[]): Promise<string> => {
    await using kiosk = startKiosk(state, ...flags);
    const deadline = setTimeout(() => kiosk.child.kill("SIGKILL"), 20_000);
    const { code: left } = await new Promise<{ code: number | null }>((resolve) =>
      kiosk.child.once("exit", (exitCode) => resolve({ code: exitCode })),
    );
    clearTimeout(deadline);
    const said = kiosk.stderr() + kiosk.lines.map((line) => `${line.msg} ${String(line.code)}`).join("\n");
    expect(left, said).toBe(code);
    return said;
  };

  test("for an unknown key is 78 and names the nearest valid one", async () => {
    expect(await refused(78, scratch(), ["--camra", "auto"])).toContain('Did you mean "camera"?');
  });

  test("for weights that may not be used commercially is 78, until somebody says that this clock does not", async () => {
    const state = scratch();
    const manifest = join(state, "models.json");
    const release = await readFile(new URL("../../kiosk/inference/models.json", import.meta.url), "utf8");
    await writeFile(manifest, release.replaceAll('"commercialUse": "doubtful"', '"commercialUse": "no"'));
    expect(await refused(78, state, ["--models", manifest])).toContain("may not be used commercially");
    expect(await refused(78, state, ["--models", join(state, "nothing.json")])).toContain("cannot be read");
    await using kiosk = startKiosk(state, "--models", manifest, "--allow-non-commercial");
    expect(await kiosk.url()).toMatch(/^http:/);
  });

  test("for a taken port is 75 and says which", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const said = await refused(75, scratch(), ["--port", String(port)]);
    expect(said).toContain(String(port));
    expect(said).toContain("port-taken");
    server.close();
  });

  test("for a second process on the same journal is 75, and the first goes on", async () => {
    const state = scratch();
    await using first = startKiosk(state);
    await first.url();
    expect(await refused(75, state, [])).toContain("journal-busy");
    expect((await fetch(await first.url())).status).toBe(200);
  });

  test("for a state folder that takes no writes is 75 with a remedy", async () => {
    const blocked = join(scratch(), "file");
    await writeFile(blocked, "not a folder");
    await chmod(blocked, 0o444);
    expect(await refused(75, join(blocked, "state"), [])).toContain("state-unwritable");
  });

  test("for a model that was changed by a byte, badges still work and the screen says that the camera is away", async () => {
    const assets = scratch();
    execFileSync("cp", ["-r", ".cache/assets/.", assets]);
    const [pack] = (await readdir(assets)).filter((name) => name.startsWith("faceplugin"));
    const models = join(assets, pack ?? "");
    const [model] = (await readdir(models)).filter((name) => name.endsWith(".onnx"));
    const file = join(models, model ?? "");
    const bytes = await readFile(file);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await using kiosk = startKiosk(scratch(), "--assets", assets);
    const line = await kiosk.line(({ event }) => event === "room-down");
    expect(line).toMatchObject({ room: "engine", code: "asset-changed" });
    await rm(assets, { recursive: true });
  });

  test("over of a folder that is not a demo's deletes nothing", async () => {
    const state = scratch();
    await writeFile(join(state, "precious"), "x");
    expect(await refused(75, state, ["--fresh"])).toContain("not a demo's folder");
    expect(await readdir(state)).toEqual(["precious"]);
  });
});
