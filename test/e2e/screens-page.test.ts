import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openScreen } from "../../kiosk/ui/server.ts";
import { samples } from "../../kiosk/ui/web/samples.ts";
import { type ScreenLine, screensPage } from "../../provisioning/screens-page.ts";
import { buildPage, openBrowser } from "./browser.ts";

test("docs/screens.md says of every view what the wall says of it", async () => {
  await using built = await buildPage();
  await using screen = await openScreen({ port: 0, dist: built.dist });
  await using browser = await openBrowser("reduce");
  const page = await browser.context.newPage();
  const lines: ScreenLine[] = [];
  for (const { id, title, means, over } of samples) {
    await page.goto(`${screen.url}gallery#view=${id}`);
    await page.waitForFunction((view) => document.querySelector("[data-view]")?.getAttribute("data-view") === view, id);
    const says = over === "notice" || over === "outage" ? "dialog h2" : '[role="status"]';
    lines.push({ id, title, means, says: (await page.locator(says).textContent()) ?? "" });
  }
  expect(await readFile("docs/screens.md", "utf8"), "node provisioning/screenshots.ts writes it").toBe(
    screensPage(lines),
  );
});

test("every view of the gallery says in one sentence what it means", () => {
  for (const { id, means } of samples) expect(means, id).toMatch(/^[A-Z].{15,}[.]$/);
});
