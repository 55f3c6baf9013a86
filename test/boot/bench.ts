import { dirname } from "node:path";
import { type Board, type Machine, type Mount, openBoard, switchOn } from "./machine.ts";
import type { Scene } from "./parts.ts";

/** What every story of a machine begins with. */
export interface Delivery {
  readonly scene: Scene;
  /** Of `make-root.sh`. */
  readonly root: string;
  /** Our package; its folder is mounted as a technician's stick. */
  readonly deb: string;
  readonly assets: string;
}

/** A board, and the machine that runs on it now. */
export interface Bench extends AsyncDisposable {
  readonly board: Board;
  readonly machine: () => Machine;
  /** @param how unplugged: nothing in there is asked or told. */
  readonly again: (how: "switched off" | "unplugged") => Promise<Machine>;
}

export async function openBench(
  { root, deb, assets }: Omit<Delivery, "scene">,
  more: readonly Mount[] = [],
): Promise<Bench> {
  await using stack = new AsyncDisposableStack();
  const board = stack.use(openBoard(root));
  const mounts = [{ from: assets, to: "/usr/lib/lintel/models" }, { from: dirname(deb), to: "/media/stick" }, ...more];
  let machine = await switchOn(board, mounts);
  stack.defer(() => machine[Symbol.asyncDispose]());
  const whole = stack.move();
  return {
    board,
    machine: () => machine,
    again: async (how) => {
      if (how === "unplugged") await machine.cut();
      await machine[Symbol.asyncDispose]();
      machine = await switchOn(board, mounts);
      return machine;
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}
