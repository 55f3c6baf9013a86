import { spawn } from "node:child_process";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

/** A computer that exists in software only, with a USB keyboard that types what we say. */
export interface Machine {
  /** Lines of its console that begin with "VM", without that. */
  readonly lines: AsyncIterable<string>;
  /** Presses each key and Enter, as a badge reader does. */
  readonly type: (digits: string) => Promise<void>;
  readonly unplug: () => Promise<void>;
  readonly plug: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const keyboard = { driver: "usb-kbd", bus: "usb.0", id: "badges" };
/** Emulation without help of the processor boots in some 20 s; on a machine that is busy otherwise, in minutes. */
const patienceMs = 900_000;

/** @param folder of `make-machine.sh`. @param words for the kernel's command line. */
export async function bootMachine(folder: string, words: readonly string[]): Promise<Machine> {
  const door = join(folder, "door.sock");
  const machine = spawn(
    "qemu-system-x86_64",
    [
      ...["-accel", "tcg,thread=multi", "-cpu", "max", "-machine", "q35", "-m", "1536", "-smp", "2"],
      ...["-display", "none", "-monitor", "none", "-serial", "stdio", "-nic", "none", "-no-reboot"],
      ...["-kernel", join(folder, "vmlinuz"), "-initrd", join(folder, "first.gz")],
      ...["-append", `console=ttyS0 quiet loglevel=3 panic=-1 ${words.join(" ")}`],
      ...["-virtfs", "local,path=/,mount_tag=computer,security_model=none,readonly=on,multidevs=remap"],
      ...["-device", "qemu-xhci,id=usb", "-device", `${keyboard.driver},bus=${keyboard.bus},id=${keyboard.id}`],
      ...["-qmp", `unix:${door},server=on,wait=off`],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => machine.once("exit", () => resolve()));
  const late = setTimeout(() => machine.kill("SIGKILL"), patienceMs);
  const { command, close } = await openDoor(door, ended);
  async function* lines(): AsyncGenerator<string> {
    for await (const line of createInterface({ input: machine.stdout })) {
      if (process.env.VM_CONSOLE !== undefined) process.stderr.write(`${line}\n`);
      const at = line.indexOf("VM ");
      if (at >= 0) yield line.slice(at + 3).trim();
    }
  }
  return {
    lines: lines(),
    type: async (digits) => {
      for (const key of [...digits, "ret"]) {
        await command("send-key", { keys: [{ type: "qcode", data: key }], "hold-time": 20 });
        await wait(60);
      }
    },
    unplug: () => command("device_del", { id: keyboard.id }),
    plug: () => command("device_add", keyboard),
    [Symbol.asyncDispose]: async () => {
      clearTimeout(late);
      close();
      machine.kill("SIGKILL");
      await ended;
    },
  };
}

/** The machine's own control: one command at a time, each with an answer. */
async function openDoor(path: string, ended: Promise<void>) {
  let socket: Socket | null = null;
  const dead = ended.then(() => {
    throw new Error("the machine did not start: see above; provisioning/setup.sh --vm installs what it needs");
  });
  for (let tries = 0; socket === null; tries += 1) {
    if (tries > 100) throw new Error("the machine's control does not answer");
    await Promise.race([wait(100), dead]);
    socket = await new Promise<Socket | null>((resolve) => {
      const opening = createConnection(path);
      opening.once("connect", () => resolve(opening));
      opening.once("error", () => resolve(null));
    });
  }
  dead.catch(() => undefined);
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  const command = async (execute: string, given?: object): Promise<void> => {
    socket.write(`${JSON.stringify({ execute, ...(given && { arguments: given }) })}\n`);
    for (;;) {
      const { value, done } = await answers.next();
      if (done) throw new Error("the machine ended");
      const answer = JSON.parse(value) as { return?: unknown; error?: { desc: string } };
      if (answer.error !== undefined) throw new Error(`${execute}: ${answer.error.desc}`);
      if ("return" in answer) return;
    }
  };
  await command("qmp_capabilities");
  return { command, close: () => socket.destroy() };
}
