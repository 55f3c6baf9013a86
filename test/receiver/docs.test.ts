import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { freePort } from "../contract/broker-parts.ts";

const root = join(import.meta.dirname, "../..");

test("the ten minutes of docs/receiver.md run line by line, and print what they say they print", async () => {
  const docs = readFileSync(join(root, "docs/receiver.md"), "utf8");
  const lines = [...docs.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => block.trim().split("\n"));
  expect(lines.length).toBeGreaterThan(8);
  const folder = mkdtempSync(join(tmpdir(), "lintel-docs-"));
  // Somewhere else than a reader's, so that two of us can run at once.
  const local = (text: string): string =>
    text.replaceAll("18830", port).replaceAll("trial/", `${folder}/`).replaceAll("-p trial", `-p ${folder}`);
  const port = String(await freePort());
  const script = lines
    .map((line, n) => `{ ${local(line).replace(/\s+# prints: .*$/, "")}\n} && echo "== ${n}"`)
    .join("\n");
  // A group of its own: what was started in the background is ended with it.
  const shell = spawn("bash", ["-c", `set -eo pipefail\n${script}`], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: `${dirname(process.execPath)}:/usr/sbin:${process.env.PATH}` },
  });
  let said = "";
  let complaints = "";
  shell.stdout.on("data", (chunk) => {
    said += chunk;
  });
  shell.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const closed = once(shell, "close");
  const end = () => {
    try {
      if (shell.pid !== undefined) process.kill(-shell.pid, "SIGTERM");
    } catch {
      // Nothing of it is left.
    }
  };
  const deadline = setTimeout(end, 50_000);
  try {
    const [code] = await once(shell, "exit");
    expect(code, complaints).toBe(0);
    const outputs = said.split(/== \d+\n/);
    for (const [n, line] of lines.entries()) {
      const promised = /# prints: (.*)$/.exec(line)?.[1];
      if (promised !== undefined) expect(outputs[n], line).toContain(promised);
    }
    expect(lines.filter((line) => line.includes("# prints: ")).length).toBeGreaterThanOrEqual(4);
  } finally {
    clearTimeout(deadline);
    end();
    await closed;
    rmSync(folder, { recursive: true });
  }
});
