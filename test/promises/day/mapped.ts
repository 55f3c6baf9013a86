import { expect } from "vitest";
import { readCloudKeys } from "../../../kiosk/cloud-keys.ts";
import { readConfig } from "../../../kiosk/config.ts";
import { generic5 } from "../../../kiosk/uplink/contract/topics.ts";
import { type Given, recipientsOf } from "../../../provisioning/dpia/recipients.ts";
import type { Overheard } from "./canaries.ts";

/** What `lintel dpia` says may be sent, held against what was. */

/** @param flags that the clock was started with. */
export async function expectMapped(heard: readonly Overheard[], flags: readonly string[]): Promise<void> {
  const config = readConfig(flags, {});
  const [broker] = recipientsOf(config, await readCloudKeys(config).catch(() => null));
  const gets = broker?.gets ?? [];
  const seen = new Set<string>();
  for (const { topic, text } of heard) {
    const channel = generic5.decode(topic)?.channel;
    const event = signedIn(text);
    const what = `${event.type.split(".").slice(2).join(".")}`;
    const given = gets.find((one) => one.channel === channel && one.what === what);
    expect(given, `${what} on ${topic}: the map does not name it`).toBeDefined();
    const unnamed = membersIn(event).filter((member) => given !== undefined && !isNamed(given, member));
    expect(unnamed, `${what}: members that the map does not name`).toEqual([]);
    seen.add(what);
  }
  expect([...seen], "a day on which something was sent").toEqual(
    expect.arrayContaining(["punch.v1", "consent.v1", "visitor.v1", "alert.v1", "audit.v1", "status.v1", "ack.v1"]),
  );
}

interface Signed {
  readonly type: string;
}

/** What is signed in a message: structured around its token, or the token itself. */
function signedIn(text: string): Signed {
  const token = text.startsWith("{") ? String((JSON.parse(text) as { readonly data: unknown }).data) : text;
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

/** Each member that is there, by the names of provisioning/dpia/members.ts. */
function membersIn(value: unknown, at: readonly string[] = []): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => membersIn(one, at));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [[...at, name].join("."), ...membersIn(one, [...at, name])]);
}

const isNamed = ({ members }: Given, member: string): boolean => {
  const parts = member.split(".");
  return members.includes(member) || parts.some((_, n) => members.includes([...parts.slice(0, n), "*"].join(".")));
};
