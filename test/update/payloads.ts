import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** How a made-up version behaves once it is switched to. */
export type Manner = "well" | "crashes" | "silent" | "no-page" | "blind" | "unfit";

const launch = join(import.meta.dirname, "../../provisioning/package/lintel-launch");

/** A clock that does what an updater can see of one: READY, a page, a desk that says who answers. */
const clock = (version: string, manner: Manner): string => `
import { createServer } from "node:http";
import { createServer as listen } from "node:net";
import { rmSync } from "node:fs";
const manner = ${JSON.stringify(manner)};
if (manner === "crashes") process.exit(70);
process.on("SIGTERM", () => process.exit(0));
const state = process.argv[2];
const socket = state + "/desk.sock";
const web = createServer((_, reply) => reply.writeHead(manner === "no-page" ? 500 : 200).end("page"));
const begun = Date.now();
web.listen(0, "127.0.0.1", () => {
  const wall = {
    fw: ${JSON.stringify(version)},
    page: "http://127.0.0.1:" + web.address().port + "/",
    idleMs: process.env.SOMEBODY === "1" ? null : Date.now() - begun,
    rooms: { camera: "ok", engine: manner === "blind" ? "model-mismatch" : "ok", reader: "none" },
  };
  const uplink = { online: true, receiver: "payroll", waiting: 0, receipted: null, trouble: null };
  rmSync(socket, { force: true });
  listen((line) => {
    line.on("error", () => {});
    line.once("data", (asked) => line.end(JSON.stringify({ answer: String(asked).includes("wall") ? wall : uplink }) + "\\n"));
  }).listen(socket, () => manner === "silent" || console.log("READY"));
});
`;

const selfCheck = (manner: Manner): string =>
  manner === "unfit" ? 'process.stderr.write("no\\n"); process.exit(2);' : "process.exit(0);";

/** Writes a payload tree. `bin/node` is a shell of two lines, because links are refused and the real one is 100 MB. */
export function writePayload(into: string, version: string, manner: Manner): void {
  const files: readonly (readonly [string, string])[] = [
    ["package.json", JSON.stringify({ version, type: "module" })],
    ["bin/node", `#!/bin/sh\nexec "${process.execPath}" "$@"\n`],
    ["kiosk/main.ts", clock(version, manner)],
    ["kiosk/store/migrations/001-first.sql", "create table one (a int);\n"],
    ["provisioning/cli.ts", selfCheck(manner)],
    ["node_modules/deep/down/here.js", version.repeat(50_000)],
  ];
  for (const [name, text] of files) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    writeFileSync(join(into, name), text);
  }
  copyFileSync(launch, join(into, "bin/lintel-launch"));
  for (const name of ["bin/node", "bin/lintel-launch"]) chmodSync(join(into, name), 0o755);
}
