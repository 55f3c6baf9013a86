import { expect, test } from "vitest";
import { judge, type Kept, nothingLost } from "./verdict.ts";

const hash = (letter: string): string => letter.repeat(43);
const kept = (seq: number, letter: string): Kept => ({ epoch: 1, seq, rh: hash(letter), jws: `${letter}.${seq}` });
const thanked = (seq: number, letter: string) => ({ epoch: 1, seq, rh: hash(letter), id: `${seq}` });
const three = [kept(0, "A"), kept(1, "B"), kept(2, "C")];
const said = [thanked(0, "A"), thanked(1, "B"), thanked(2, "C")];
const sink = (records: readonly Kept[]) => ({ kept: records, forks: 0, refused: 0 });

test("the judge of the torture finds nothing where nothing is wrong", () => {
  expect(judge(said, three, sink(three))).toMatchObject({ ...nothingLost, accepted: 3 });
});

test("it names who was thanked and is missing, also where clock and sink agree that there is nobody", () => {
  expect(judge(said, three.slice(0, 2), sink(three.slice(0, 2))).lost).toEqual([expect.stringContaining("1/2")]);
});

test("it names a number that was used twice, whether the pipe or the sink shows it", () => {
  expect(judge([...said, thanked(2, "D")], three, sink(three)).reused).toHaveLength(2);
  expect(judge([...said, thanked(2, "C")], three, sink(three)).reused).toHaveLength(1);
  expect(judge(said, three, sink([...three, kept(1, "B")])).twice).toEqual(["1/1"]);
});

test("it names a record that only one side has, or of which one byte differs", () => {
  expect(judge(said.slice(0, 2), three, sink(three.slice(0, 2))).unequal).toEqual(["1/2"]);
  const changed = [...three.slice(0, 2), { ...kept(2, "C"), jws: "C.3" }];
  expect(judge(said, three, sink(changed)).unequal).toEqual(["1/2"]);
});
