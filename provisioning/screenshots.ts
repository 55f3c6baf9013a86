import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { openScreen } from "../kiosk/ui/server.ts";
import { samples } from "../kiosk/ui/web/samples.ts";
import { type ScreenLine, screensPage } from "./screens-page.ts";

/**
 * Draws every view of the gallery and writes docs/screens.md: `npm run build && node provisioning/screenshots.ts [view ...]`.
 * The repository stays small: it keeps a few views one by one and sheets of all of them, in English and Arabic and on every
 * glass; `--all <folder>` draws every view in English and Arabic on all three glasses, to look at and throw away. CHROMIUM names
 * another browser.
 */

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const pictures = join(repository, "docs/pictures");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const glasses = {
  wall: { widthPx: 1080, heightPx: 1920, shownPx: 540 },
  desk: { widthPx: 1280, heightPx: 800, shownPx: 640 },
  small: { widthPx: 800, heightPx: 480, shownPx: 640 },
} as const;
type Glass = keyof typeof glasses;

/** What the README shows, in the order in which a person meets it. */
const sheetViews = ["idle", "look", "thanks", "not-sure"];
const sheetGapPx = 24;
const sheetHeightPx = 720;
/** Kept one by one; every other view stands in the sheets. */
const kept = ["idle", "look", "thanks", "not-sure", "duplicate", "ways", "pin", "hours"];

/** Few colours, so that type stays sharp and a picture stays small. */
const png = { palette: true, colours: 64, effort: 8 } as const;

async function main(args: readonly string[]): Promise<void> {
  const isAll = args[0] === "--all";
  const wanted = isAll ? [] : args;
  const chosen = samples.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  await using screen = await openScreen({ port: 0, dist: join(repository, "kiosk/ui/dist") });
  const profile = await mkdtemp(join(tmpdir(), "lintel-pictures-"));
  const context = await openBrowser(profile);
  try {
    const page = await context.newPage();
    const shoot = shooterOn(page, screen.url);
    if (isAll) {
      await everything(shoot, args[1] ?? "pictures");
      return;
    }
    await mkdir(pictures, { recursive: true });
    for (const { id } of chosen) {
      if (!kept.includes(id)) continue;
      for (const glass of ["wall", "desk", "small"] as const) await keep(shoot, id, "en", glass, `${id}-${glass}`);
      await keep(shoot, id, "ar", "wall", `${id}-wall-ar`);
    }
    await sheet(shoot, sheetViews, "en", "wall", sheetHeightPx, sheetViews.length, "sheet");
    if (wanted.length > 0) return;
    const ids = samples.map(({ id }) => id);
    for (const lang of ["en", "es", "de", "hi", "ar", "zh"]) {
      await sheet(shoot, lang === "en" || lang === "ar" ? ids : sheetViews, lang, "wall", 260, 14, `contact-${lang}`);
    }
    await sheet(shoot, ids, "en", "desk", 180, 8, "contact-desk");
    await sheet(shoot, ids, "ar", "small", 150, 8, "contact-small");
    await writeFile(join(repository, "docs/screens.md"), screensPage(await linesOf(page, screen.url)));
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

type Shoot = (id: string, lang: string, glass: Glass) => Promise<Buffer>;

const openBrowser = (profile: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    reducedMotion: "reduce",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });

const shooterOn =
  (page: Page, base: string): Shoot =>
  async (id, lang, glass) => {
    const { widthPx: width, heightPx: height } = glasses[glass];
    await page.setViewportSize({ width, height });
    await visit(page, `${base}gallery#view=${id}&lang=${lang}`);
    return page.screenshot();
  };

/** The gallery heeds what stands behind its `#` without being loaded again. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector("h1, h2");
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  await page.evaluate("document.fonts.ready.then(() => true)");
  await page.waitForLoadState("networkidle");
}

async function keep(shoot: Shoot, id: string, lang: string, glass: Glass, name: string): Promise<void> {
  const shot = sharp(await shoot(id, lang, glass)).resize({ width: glasses[glass].shownPx });
  await shot.png(png).toFile(join(pictures, `${name}.png`));
}

async function everything(shoot: Shoot, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { id } of samples) {
    for (const lang of ["en", "ar"]) {
      for (const glass of ["wall", "desk", "small"] as const) {
        await writeFile(join(folder, `${id}-${lang}-${glass}.png`), await shoot(id, lang, glass));
      }
    }
  }
}

/** Views side by side on one ground. */
async function sheet(
  shoot: Shoot,
  ids: readonly string[],
  lang: string,
  glass: Glass,
  heightPx: number,
  columns: number,
  name: string,
): Promise<void> {
  const gapPx = heightPx > 400 ? sheetGapPx : 8;
  const widthPx = Math.round((heightPx * glasses[glass].widthPx) / glasses[glass].heightPx);
  const tiles: Buffer[] = [];
  for (const id of ids)
    tiles.push(
      await sharp(await shoot(id, lang, glass))
        .resize({ height: heightPx })
        .toBuffer(),
    );
  const across = Math.min(columns, tiles.length);
  const ground = sharp({
    create: {
      width: gapPx + across * (widthPx + gapPx),
      height: gapPx + Math.ceil(tiles.length / across) * (heightPx + gapPx),
      channels: 3,
      background: "#8f8f8a",
    },
  }).composite(
    tiles.map((input, index) => ({
      input,
      left: gapPx + (index % across) * (widthPx + gapPx),
      top: gapPx + Math.floor(index / across) * (heightPx + gapPx),
    })),
  );
  await writeFile(join(pictures, `${name}.png`), await ground.png(png).toBuffer());
}

/** What each view says, as the page itself says it. */
async function linesOf(page: Page, base: string): Promise<readonly ScreenLine[]> {
  const lines: ScreenLine[] = [];
  for (const { id, title, means, over } of samples) {
    await visit(page, `${base}gallery#view=${id}`);
    const says = over === "notice" || over === "outage" ? "dialog h2" : '[role="status"]';
    lines.push({ id, title, means, says: (await page.locator(says).textContent()) ?? "" });
  }
  return lines;
}

await main(process.argv.slice(2));
