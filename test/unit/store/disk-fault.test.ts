import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { diskFault } from "../../../kiosk/store/disk-fault.ts";

const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "nothing failed",
    (error: unknown) => error,
  );

test("what the operating system says of a file is a fault in our words, and of a socket or a program it stays what it is", async () => {
  const missing = await failed(readFile("/nowhere/at/all"));
  const folder = await failed(writeFile("/", ""));
  for (const one of [missing, folder]) expect(diskFault(one)).toMatchObject({ code: "state-unwritable" });
  const socket = await failed(
    new Promise((_, reject) => {
      connect(9, "127.0.0.1").once("error", reject);
    }),
  );
  expect(socket).toMatchObject({ code: "ECONNREFUSED", syscall: "connect" });
  expect(diskFault(socket)).toBe(socket);
  const program = await failed(
    new Promise((_, reject) => {
      spawn("/nowhere/program").once("error", reject);
    }),
  );
  expect(program).toMatchObject({ code: "ENOENT", syscall: "spawn /nowhere/program" });
  expect(diskFault(program)).toBe(program);
  for (const [code, syscall, is] of [
    ["ENOSPC", "write", "disk-full"],
    ["EDQUOT", "open", "disk-full"],
    ["EROFS", "open", "disk-read-only"],
    ["EIO", "fsync", "disk-read-only"],
    ["EACCES", "rename", "state-unwritable"],
    ["ECONNRESET", "read", "ECONNRESET"],
    ["EPIPE", "write", "EPIPE"],
    ["EAI_AGAIN", "getaddrinfo", "EAI_AGAIN"],
    ["EADDRINUSE", "listen", "EADDRINUSE"],
    ["EACCES", "bind", "EACCES"],
  ]) {
    expect(diskFault(Object.assign(new Error("told"), { code, syscall })), `${code} ${syscall}`).toMatchObject({
      code: is,
    });
  }
  const bug = new TypeError("ours");
  expect(diskFault(bug)).toBe(bug);
});
