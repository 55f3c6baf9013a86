import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { expect, onTestFinished } from "vitest";

/** What must be nowhere but behind a seal, on the wall, and before whoever may read it; and where it is looked for. */

/** Surnames, card numbers, what is typed at the wall, and a piece of a name that is drawn there. */
const canaries = /Rivera|Duval|Okonkwo|Marchetti|Canarina|Zephyrine|demo:100[12]|77004(17|22)|617,313,619,311/;

/** A text and whatever is written in it as base64url, such as a signed record. */
const unwrappedText = (text: string): string =>
  [text, ...(text.match(/[\w-]{16,}/g) ?? []).map((run) => Buffer.from(run, "base64url").toString("latin1"))].join(
    "\n",
  );

export interface Overheard {
  readonly topic: string;
  readonly text: string;
}

/** Everything that a broker hands on from now on. */
export async function overheard(brokerUrl: string): Promise<readonly Overheard[]> {
  const heard: Overheard[] = [];
  const client = await connectAsync(brokerUrl, { connectTimeout: 3_000, reconnectPeriod: 0 });
  onTestFinished(() => client.endAsync(true));
  client.on("message", (topic, payload) => void heard.push({ topic, text: payload.toString("latin1") }));
  await client.subscribeAsync("#", { qos: 1 });
  return heard;
}

/** The office's roster names people to their clock: that is what it is for, and what TLS is for. */
const mayName = (topic: string): boolean => topic.endsWith("/dn/ros");

export function expectNobodyOverheard(heard: readonly Overheard[]): void {
  const types = heard.map(({ topic }) => topic.split("/").slice(-2).join("/"));
  expect(heard.length, types.join(" ")).toBeGreaterThan(10);
  for (const { topic, text } of heard) {
    if (!mayName(topic)) expect(unwrappedText(topic + text), topic).not.toMatch(canaries);
  }
}

/** Every file below a folder, byte for character. */
export async function filesIn(folder: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "latin1") })));
}

/** In no file of these folders, nor in the path of one. */
export async function expectNobodyIn(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (const { path, text } of await filesIn(folder)) {
      expect(canaries.test(path), path).toBe(false);
      expect(canaries.test(unwrappedText(text)), path).toBe(false);
    }
  }
}
