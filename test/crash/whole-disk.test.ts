import { expect, test } from "vitest";
import { diskDies, diskFull, openSmallDisk } from "../torture/disk.ts";
import { nothingLost } from "../torture/verdict.ts";

test("a disk that fills up under load refuses, and who was thanked before and after is in the sink", {
  timeout: 180_000,
}, async ({ skip }) => {
  using disk = openSmallDisk(24);
  if (disk === null) return skip("mounting a small disk needs root; run this test as root to have it");
  const { refusals, ...verdict } = await diskFull(disk);
  expect(verdict).toMatchObject(nothingLost);
  expect(Object.keys(refusals)).toEqual(["disk-full"]);
});

test("a disk that turns read-only under open files thanks nobody any more, and has forgotten nobody when it is back", {
  timeout: 180_000,
}, async ({ skip }) => {
  using disk = openSmallDisk(24);
  if (disk === null) return skip("mounting a small disk needs root; run this test as root to have it");
  const { refusals, ...verdict } = await diskDies(disk);
  expect(verdict).toMatchObject(nothingLost);
  expect(Object.keys(refusals).length).toBeGreaterThan(0);
});
