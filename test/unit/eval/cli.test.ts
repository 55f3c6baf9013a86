import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { facesResult, livenessResult } from "../../../provisioning/eval/result.ts";
import { writeFaces, writePresentations } from "./footage.ts";

/** The command as a technician types it, on sets made of the demo's clips. */

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const cli = join(repository, "provisioning/cli.ts");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-test-eval-"));
  await Promise.all([writeFaces(join(folder, "faces")), writePresentations(join(folder, "attacks"))]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function lintel(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [cli, "eval", ...args], { cwd: repository, timeout: 110_000 });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}

test("faces: JSON alone on stdout, progress on stderr, a report beside it, and no name in any of them", async () => {
  const faces = join(folder, "faces");
  await writeFile(
    join(faces, "Zoë O'Neill/torn.jpg"),
    (await readFile(join(faces, "Zoë O'Neill/0.jpg"))).subarray(0, 900),
  );
  await symlink("/etc/passwd", join(faces, "Zoë O'Neill/link.jpg"));
  const report = join(folder, "faces.html");
  const { code, stdout, stderr } = await lintel("faces", faces, "--json", "--report", report);
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("Looking at the pictures: 11 of 11"),
  });
  const result = facesResult.parse(JSON.parse(stdout));
  expect(result.set).toMatchObject({ people: 2, peopleRepeated: 2, pictures: 11, ignored: 1, padded: 5 });
  expect(result.failures).toEqual({ unreadable: 1, "no-face": 0, "no-description": 0 });
  const [ours] = result.systems;
  expect(ours).toMatchObject({
    name: "Lintel",
    genuinePairs: 20,
    impostorPairs: 25,
    auc: 1,
    fte: { errors: 1, trials: 11 },
  });
  // Every pair that was made matches; the five that the torn picture would have made count as missed.
  expect(ours?.points[0]).toMatchObject({ tar: 1, tarOfAll: 20 / 25, isWellSupported: false });
  expect(result.searches.map(({ templates, people }) => [templates, people])).toEqual([
    [1, 2],
    [3, 2],
  ]);
  expect(result.searches[1]).toMatchObject({ fnir: { errors: 0, trials: 10 }, fpir: { errors: 0, trials: 10 } });
  const page = await readFile(report, "utf8");
  for (const text of [stdout, stderr, page]) expect(text).not.toMatch(/Zoë|O'Neill|李|torn\.jpg|cap12/);
  expect(await complaintsOf(report)).toEqual([]);
}, 120_000);

test("faces: a peer answers about the same pictures; what it cannot describe counts against it", async () => {
  const peer = join(folder, "peer.ts");
  await writeFile(
    peer,
    `let asked = 0;
    export const openDescriber = async () => ({
      name: "A <peer>",
      describe: async (picture) => (picture[0] === 0x89 || asked++ === 0 ? null : Float32Array.of(picture.length, 1)),
      similarity: () => 0.5,
      close: async () => {},
    });`,
  );
  const { code, stdout } = await lintel("faces", join(folder, "faces"), "--peer", peer, "--limit", "5", "--json");
  expect(code).toBe(0);
  const [ours, theirs] = facesResult.parse(JSON.parse(stdout)).systems;
  expect(ours?.fte.trials).toBe(5);
  expect(theirs).toMatchObject({ name: "A <peer>", fte: { trials: 5 } });
  expect(theirs?.fte.errors).toBeGreaterThan(0);
}, 120_000);

test("faces: one picture of everybody, or one person alone, is measured as far as it goes and said to be too little", async () => {
  const single = join(folder, "single");
  await mkdir(join(single, "one"), { recursive: true });
  await writeFile(join(single, "one/1.jpg"), await readFile(join(folder, "faces/Zoë O'Neill/0.jpg")));
  const { code, stdout } = await lintel("faces", single, "--report", join(folder, "single.html"));
  expect(code).toBe(0);
  expect(stdout).toContain("no pairs to compare");
  expect(await readFile(join(folder, "single.html"), "utf8")).toContain("nothing could be compared");
}, 120_000);

test.each([
  ["faces", "/nonexistent"],
  ["liveness", "/nonexistent"],
  ["faces", ".", "--pad", "2"],
  ["faces", ".", "--peer", "/nonexistent.ts"],
  ["liveness", ".", "--live-sure", "high"],
])("%s %s %s is refused in one sentence with exit code 2", async (...args) => {
  const { code, stdout, stderr } = await lintel(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("(eval-unusable)");
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("liveness: living men pass, an empty picture gives no score, and the painting passes too, which is said", async () => {
  const report = join(folder, "attacks.html");
  const { code, stdout } = await lintel("liveness", join(folder, "attacks"), "--json", "--report", report);
  expect(code).toBe(0);
  const result = livenessResult.parse(JSON.parse(stdout));
  expect(result.live).toMatchObject({
    presentations: 2,
    nonResponse: { errors: 0 },
    atLiveSure: { errors: 0, trials: 2 },
  });
  const byName = new Map(result.attacks.map((species) => [species.name, species]));
  expect(byName.get("<script>")).toMatchObject({ reasons: { "no-face": 1 }, scores: [], atLiveSure: { rate: null } });
  expect(byName.get("painting")?.presentations).toBe(1);
  expect(result.advice.join("\n")).toContain("None of this is a conformance test");
  expect(result.conditions.luma).toBeGreaterThan(60);
  const page = await readFile(report, "utf8");
  expect(page).not.toContain("<script>");
  expect(page).toContain("&lt;script&gt;");
  expect(await complaintsOf(report)).toEqual([]);
}, 120_000);

test("liveness: without living people nothing can be said about turning them away", async () => {
  const { code, stderr } = await lintel("liveness", join(folder, "faces"));
  expect(code).toBe(2);
  expect(stderr).toContain("no folder `live`");
});

/** What a browser has against a page, and everything the page asks for beyond itself. */
async function complaintsOf(path: string): Promise<readonly string[]> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (request.url() !== `file://${path}`) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(`file://${path}`);
    const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    if (wide !== 0) complaints.push(`${wide} px too wide`);
    return complaints;
  } finally {
    await browser.close();
  }
}
