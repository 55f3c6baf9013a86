import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { identity } from "../unit/uplink/parts.ts";

/** What stands in docs/brokers: that it can be read by what it is for, and that it claims no more than was tried. */

const folder = join(import.meta.dirname, "../../docs/brokers");
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
const read = (file: string): string => readFileSync(join(folder, file), "utf8");

test.each(files.filter((file) => file.endsWith(".json")))("%s is JSON", (file) => {
  expect(JSON.parse(read(file))).toBeTypeOf("object");
});

test.each(files.filter((file) => file.endsWith(".xml")))("%s is XML", (file) => {
  execFileSync("python3", ["-c", "import sys, xml.dom.minidom as x; x.parse(sys.argv[1])", join(folder, file)]);
});

test("the access list for EMQX is a list of Erlang's terms", () => {
  const path = JSON.stringify(join(folder, "emqx/acl.conf"));
  const program = `{ok, Rules} = file:consult(${path}), io:format("~p", [length(Rules)]), halt().`;
  expect(execFileSync("/usr/bin/erl", ["-noshell", "-eval", program], { encoding: "utf8" })).toBe("5");
});

/** As the brokers match: the topics of the device and what each list lets it do. */
describe("every list that is for one clock names the topics that the clock uses", () => {
  const up = (["rec", "sta", "req", "tel"] as const).map((channel) => generic5.up(identity, channel));
  const filters = generic5.deviceFilters(identity);
  /** What the brokers put in for this clock. */
  const own = (text: string): string =>
    text
      .replaceAll(/\$\{iot:Connection\.Thing\.Attributes\[site\]\}|\$\{client\.attributes\.site\}/g, identity.site)
      .replaceAll(/\$\{iot:Connection\.Thing\.ThingName\}|\$\{client\.authenticationName\}|%u/g, identity.device)
      .replaceAll(/\$\{\{username\}\}|\$\{username\}/g, identity.device);
  const rules = (file: string): readonly string[] =>
    [...own(read(file)).matchAll(/lintel1\/[^\s"<]+/g)].map(([one]) => one);
  const covers = (rule: string, topic: string): boolean => {
    const [wanted, given] = [rule.split("/"), topic.split("/")];
    return wanted.length === given.length && wanted.every((level, at) => level === "+" || level === given[at]);
  };
  test.each([
    "mosquitto/acl",
    "aws-iot/clock-policy.json",
    "event-grid/namespace.json",
    "emqx/acl.conf",
    "hivemq/credentials.xml",
  ])("%s", (file) => {
    for (const topic of [...up, ...filters]) {
      expect({ topic, rule: rules(file).find((rule) => covers(rule, topic)) }).toMatchObject({
        rule: expect.stringContaining("lintel1/"),
      });
    }
  });
});

test("the page says of each broker whether it was tried", () => {
  const page = read("README.md");
  const rows = page.split("\n").filter((line) => /^\| \[/.test(line));
  const tested = rows.filter((row) => row.includes("tested here")).map((row) => /\((\w[\w-]*)\/?\)/.exec(row)?.[1]);
  const folders = [...new Set(files.filter((file) => file.includes("/")).map((file) => file.split("/")[0]))];
  expect(tested.sort()).toEqual(["mosquitto", "nats", "rabbitmq"]);
  for (const name of folders) {
    const row = rows.find((one) => one.includes(`(${name}/`)) ?? "";
    expect(row).toMatch(tested.includes(name) ? /tested here/ : /\*\*untested\*\*/);
  }
});
