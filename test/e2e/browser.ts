import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { build } from "vite";

/** The page, built anew into a directory of its own, so that no test looks at yesterday's wall. */
export async function buildPage(): Promise<AsyncDisposable & { readonly dist: string }> {
  const dist = await mkdtemp(join(tmpdir(), "lintel-dist-"));
  const repository = fileURLToPath(new URL("../../", import.meta.url));
  await build({
    configFile: join(repository, "vite.config.ts"),
    root: join(repository, "kiosk/ui/web"),
    logLevel: "error",
    build: { outDir: dist },
  });
  return { dist, [Symbol.asyncDispose]: () => rm(dist, { recursive: true, force: true }) };
}

/** The wall's own page is of today. Nothing is taken away first: another test may be loading it at this moment. */
export async function buildWall(): Promise<void> {
  const wall = fileURLToPath(new URL("../../kiosk/ui/dist", import.meta.url));
  await using built = await buildPage();
  const first = join(built.dist, "index.html");
  await cp(built.dist, wall, { recursive: true, filter: (source) => source !== first });
  await cp(first, join(wall, `index.html.${process.pid}`));
  await rename(join(wall, `index.html.${process.pid}`), join(wall, "index.html"));
}

/** A headless Chromium with a fresh profile. CHROMIUM names another browser. */
export async function openBrowser(
  reducedMotion: "reduce" | "no-preference",
): Promise<AsyncDisposable & { readonly context: BrowserContext }> {
  const profile = await mkdtemp(join(tmpdir(), "lintel-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    reducedMotion,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** What went wrong on a page, in words: console errors, uncaught errors, and requests to anybody but our own server. */
export function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("data:") && !url.startsWith("blob:"))
      complaints.push(`asked ${url}`);
  });
  return complaints;
}
