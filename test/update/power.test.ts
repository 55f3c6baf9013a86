import { expect, test } from "vitest";
import { cutPower } from "./power.ts";

/** A hundred and more: `node test/update/torture.ts --power 120`, as root. */
test("S5 what a power cut leaves of an update on the disk boots to a version that works, and comes to its end", async ({
  skip,
}) => {
  const counts = await cutPower(4, 2026);
  if (counts === null) return skip("mounts a disk of its own; run as root to have it");
  expect(counts).toMatchObject({ cuts: 4, working: 4, ended: 4, bad: [] });
}, 240_000);
