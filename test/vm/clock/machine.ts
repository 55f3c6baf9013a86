import { execFileSync, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer, Ask } from "./hand.ts";

/** A computer of software with a clock's disk in it, from its switch to its plug. */
export interface Board extends AsyncDisposable {
  /** As root. @throws where it ends with anything but 0. */
  readonly run: (...words: readonly [string, ...string[]]) => Promise<string>;
  /** The same, and what it printed whatever it ended with. */
  readonly ask: (...words: readonly [string, ...string[]]) => Promise<string>;
  readonly reader: (to: "plug" | "unplug") => Promise<void>;
  readonly lay: (digits: string) => Promise<void>;
  /** Its switch is at line 2 of the first GPIO chip, which is there from the first word on. */
  readonly lid: (is: "closed" | "open") => Promise<void>;
  /** A USB stick with the image that the machine was made with. */
  readonly stick: (to: "plug" | "unplug") => Promise<void>;
  /** From the switch to the hand that does these things. */
  readonly bootMs: number;
  /** Pulls the plug. */
  readonly cut: () => Promise<void>;
  /** When it ended by itself: it was shut down, or its watchdog reset it. */
  readonly ended: Promise<void>;
  readonly console: () => string;
}

export interface BoardOptions {
  /** Of `make-machine.sh`. */
  readonly folder: string;
  /** Of `make-disk.sh`; it stays as it is. */
  readonly root: string;
  /** The clock's own disk, which is written to. */
  readonly state: string;
  /** Where every write and flush of that disk is written down. */
  readonly log: string;
  /** What is on the USB stick that may be plugged in. */
  readonly stick: string;
  /** Where the machine listens for who plugs it in: a socket of its own. */
  readonly monitor: string;
  /** What it finds at 9p's tag "computer". */
  readonly repository: string;
}

const hand = "http://127.0.0.1:9000/";
const patienceMs = 300_000;
const runMs = 130_000;

export async function switchOn({ folder, root, state, log, stick, monitor, repository }: BoardOptions): Promise<Board> {
  const startedMs = performance.now();
  rmSync(log, { force: true });
  execFileSync("truncate", ["-s", "0", log]);
  const forwards = "hostfwd=tcp:127.0.0.1:8081-10.0.2.15:8081,hostfwd=tcp:127.0.0.1:9000-10.0.2.15:9000";
  const machine = spawn(
    "qemu-system-x86_64",
    [
      ...["-accel", "tcg,thread=multi,tb-size=1024", "-cpu", "max", "-machine", "q35", "-m", "2048", "-smp", "2"],
      ...["-display", "none", "-monitor", `unix:${monitor},server,nowait`, "-serial", "stdio", "-no-reboot"],
      ...["-kernel", join(folder, "vmlinuz"), "-initrd", join(folder, "clock.gz")],
      ...["-append", "console=ttyS0 quiet loglevel=3 panic=0 systemd.show_status=0"],
      ...["-drive", `file=${root},format=raw,if=none,id=root,snapshot=on`, "-device", "virtio-blk-pci,drive=root"],
      ...["-blockdev", `driver=file,node-name=log,filename=${log}`],
      ...["-blockdev", `driver=raw,node-name=disk,file.driver=file,file.filename=${state}`],
      ...["-blockdev", "driver=blklogwrites,node-name=state,file=disk,log=log"],
      // Writes are written down as such, and flushes are asked for, as a disk with a cache wants them.
      ...["-device", "virtio-blk-pci,drive=state,write-cache=on,discard=off,write-zeroes=off"],
      ...["-virtfs", `local,path=${repository},mount_tag=computer,security_model=none,readonly=on,multidevs=remap`],
      ...["-nic", `user,model=virtio-net-pci,${forwards}`],
      ...["-blockdev", `driver=raw,node-name=stick,file.driver=file,file.filename=${stick}`, "-device", "qemu-xhci"],
      ...["-device", "i6300esb", "-action", "watchdog=reset"],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  for (const stream of [machine.stdout, machine.stderr])
    stream.on("data", (chunk: Buffer) => {
      if (process.env.VM_CONSOLE !== undefined) process.stderr.write(chunk);
      said = `${said}${chunk}`.slice(-100_000);
    });
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    machine.once("exit", () => {
      isOver = true;
      resolve();
    });
  });
  const cut = async (): Promise<void> => {
    machine.kill("SIGKILL");
    await ended;
  };
  const run: Board["run"] = async (...words) => {
    const { code, out } = await asked({ run: words });
    if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${out}`);
    return out;
  };
  const well = async (ask: Ask): Promise<void> => {
    const { code, out } = await asked(ask);
    if (code !== 0) throw new Error(out);
  };
  try {
    for (let isThere = false; !isThere; await delay(200)) {
      if (isOver) throw new Error("the machine does not start");
      if (said.includes("Kernel panic")) throw new Error("its kernel gave up");
      if (performance.now() - startedMs > patienceMs) throw new Error("the machine does not come up");
      isThere = await asked({ run: ["true"] }, 5_000).then(
        ({ code }) => code === 0,
        () => false,
      );
    }
  } catch (error) {
    await cut();
    throw new Error(`${error instanceof Error ? error.message : String(error)}: ${said.slice(-3_000)}`);
  }
  return {
    run,
    ask: async (...words) => (await asked({ run: words })).out,
    reader: (to) => well({ reader: to }),
    lay: (digits) => well({ lay: digits }),
    lid: (is) => well({ lid: is }),
    stick: (to) => told(monitor, to === "plug" ? "device_add usb-storage,drive=stick,id=stick" : "device_del stick"),
    bootMs: performance.now() - startedMs,
    ...{ cut, ended },
    console: () => said,
    [Symbol.asyncDispose]: cut,
  };
}

/** Says one line to the machine's monitor. @throws where it answers with a complaint. */
async function told(monitor: string, line: string): Promise<void> {
  const socket = createConnection(monitor);
  let said = "";
  try {
    for await (const chunk of socket.setEncoding("utf8")) {
      const isFirst = !said.includes("(qemu)");
      said += chunk;
      if (isFirst && said.includes("(qemu)")) socket.write(`${line}\n`);
      if (said.split("(qemu)").length > 2) break;
    }
  } finally {
    socket.destroy();
  }
  if (/error/i.test(said)) throw new Error(said);
}

async function asked(ask: Ask, withinMs = runMs): Promise<Answer> {
  const answer = await fetch(hand, {
    method: "POST",
    body: JSON.stringify(ask),
    // One connection a question: one that outlives a machine would be asked in vain.
    headers: { connection: "close" },
    signal: AbortSignal.timeout(withinMs),
  });
  return (await answer.json()) as Answer;
}
