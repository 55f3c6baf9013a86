import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium } from "playwright-core";
import sharp from "sharp";
import { openScreen } from "../kiosk/ui/server.ts";
import { samples } from "../kiosk/ui/web/samples.ts";

/**
 * Draws every view of the gallery into docs/pictures, in both formats, and one sheet of them for the README:
 * `npm run build && node provisioning/screenshots.ts [view ...]`. CHROMIUM names another browser.
 */

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const pictures = join(repository, "docs/pictures");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const formats = [
  { name: "wall", widthPx: 1080, heightPx: 1920, shownPx: 540 },
  { name: "desk", widthPx: 1280, heightPx: 800, shownPx: 640 },
] as const;
type Format = (typeof formats)[number];

/** What the README shows, in the order in which a person meets it. */
const sheetViews = ["idle", "look", "thanks", "not-sure"];
const sheetGapPx = 24;
const sheetHeightPx = 720;

/** Few colours, so that type stays sharp and a picture stays small. */
const png = { palette: true, colours: 64, effort: 8 } as const;

async function main(wanted: readonly string[]): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await using screen = await openScreen({ port: 0, dist: join(repository, "kiosk/ui/dist") });
  const profile = await mkdtemp(join(tmpdir(), "lintel-pictures-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    reducedMotion: "reduce",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  try {
    for (const { id } of samples) {
      if (wanted.length > 0 && !wanted.includes(id)) continue;
      for (const format of formats)
        await draw(context, `${screen.url}gallery?view=${id}`, format, pictureOf(id, format));
    }
    await drawSheet(context, screen.url);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

const pictureOf = (id: string, { name }: Format): string => join(pictures, `${id}-${name}.png`);

async function draw(
  context: BrowserContext,
  url: string,
  { widthPx, heightPx, shownPx }: Format,
  path: string,
): Promise<void> {
  const shot = await shoot(context, url, widthPx, heightPx);
  await sharp(shot).resize({ width: shownPx }).png(png).toFile(path);
}

async function shoot(context: BrowserContext, url: string, width: number, height: number): Promise<Buffer> {
  const page = await context.newPage();
  try {
    await page.setViewportSize({ width, height });
    await page.goto(url, { waitUntil: "networkidle" });
    await page.evaluate("document.fonts.ready.then(() => true)");
    return await page.screenshot();
  } finally {
    await page.close();
  }
}

/** The wall views side by side on one ground. */
async function drawSheet(context: BrowserContext, base: string): Promise<void> {
  const [wall] = formats;
  const widthPx = Math.round((sheetHeightPx * wall.widthPx) / wall.heightPx);
  const tiles: Buffer[] = [];
  for (const id of sheetViews) {
    const shot = await shoot(context, `${base}gallery?view=${id}`, wall.widthPx, wall.heightPx);
    tiles.push(await sharp(shot).resize({ height: sheetHeightPx }).toBuffer());
  }
  const sheet = sharp({
    create: {
      width: sheetGapPx + tiles.length * (widthPx + sheetGapPx),
      height: sheetHeightPx + 2 * sheetGapPx,
      channels: 3,
      background: "#8f8f8a",
    },
  }).composite(
    tiles.map((input, index) => ({ input, left: sheetGapPx + index * (widthPx + sheetGapPx), top: sheetGapPx })),
  );
  await writeFile(join(pictures, "sheet.png"), await sheet.png(png).toBuffer());
}

await main(process.argv.slice(2));
