import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A disk whose power can be cut. What was handed to it is on it, in the order in which it was; what the kernel still held
 * is not: that is the content of the file behind the loop device. ext4 is mounted to be as unkind as it can: content is
 * written whenever it likes, also after the names, and a rename forces nothing.
 */
export interface PowerDisk extends Disposable {
  readonly folder: string;
  /** What a power cut at this moment would leave, as an image; it is the caller's to remove. */
  readonly cut: () => string;
  /** Mounts such an image as the next boot does, with its journal replayed. */
  readonly after: (image: string) => Disposable & { readonly folder: string };
}

const unkind = "loop,data=writeback,noauto_da_alloc,commit=1";
const quietly = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, [...args], { stdio: "pipe" });

/** @returns null where this user may not mount. */
export function openPowerDisk(megabytes: number): PowerDisk | null {
  const base = mkdtempSync(join(tmpdir(), "lintel-power-"));
  const at = (name: string): string => join(base, name);
  for (const name of ["shelf", "disk", "after"]) mkdirSync(at(name));
  // A disk within a disk: the outer one can be frozen, so that nothing reaches the inner one while it is copied.
  const image = join(at("shelf"), "image");
  const mounted: string[] = [];
  const mount = (from: string, to: string, how: string): void => {
    quietly("mount", "-t", "ext4", "-o", how, from, to);
    mounted.push(to);
  };
  const close = (): void => {
    for (const place of mounted.splice(0).reverse()) quietly("umount", "--lazy", place);
    rmSync(base, { recursive: true });
  };
  try {
    for (const [file, mb, to, how] of [
      [at("shelf.image"), megabytes + 64, at("shelf"), "loop"],
      [image, megabytes, at("disk"), unkind],
    ] as const) {
      quietly("truncate", "-s", `${mb}M`, file);
      quietly("mkfs.ext4", "-q", "-m", "0", file);
      mount(file, to, how);
    }
  } catch {
    close();
    return null;
  }
  let cuts = 0;
  return {
    folder: at("disk"),
    cut: () => {
      cuts += 1;
      const left = at(`left-${cuts}`);
      quietly("fsfreeze", "--freeze", at("shelf"));
      try {
        quietly("cp", "--sparse=always", image, left);
      } finally {
        quietly("fsfreeze", "--unfreeze", at("shelf"));
      }
      return left;
    },
    after: (left) => {
      quietly("mount", "-t", "ext4", "-o", "loop", left, at("after"));
      return { folder: at("after"), [Symbol.dispose]: () => quietly("umount", at("after")) };
    },
    [Symbol.dispose]: close,
  };
}
