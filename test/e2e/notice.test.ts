import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSetupScreen } from "../../provisioning/provision/screen/server.ts";
import { freePort } from "../contract/broker-parts.ts";
import { startKiosk } from "../process/kiosk.ts";
import { buildWall, openBrowser } from "./browser.ts";

const screen = join(import.meta.dirname, "../../provisioning/screen");

/** The notice's shell on a port, one process for each connection, as systemd serves it. */
async function openNotice(port: number, notice: string): Promise<AsyncDisposable> {
  const env = { PATH: process.env.PATH, LINTEL_SCREEN: screen, LINTEL_NOTICE: notice };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const child = spawn("sh", [join(screen, "answer.sh")], { env, stdio: ["pipe", "pipe", "inherit"] });
    socket.on("error", () => child.kill());
    child.stdin.on("error", () => {});
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

test("clock, set-up and notice take each other's place on a page that nobody loads anew", {
  timeout: 120_000,
}, async () => {
  await buildWall();
  const folder = mkdtempSync(join(tmpdir(), "lintel-notice-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [state, file, port] = [join(folder, "state"), join(folder, "notice"), await freePort()];
  const clock = () => startKiosk(state, "--camera", "none", "--port", String(port));
  await using browser = await openBrowser("reduce");
  const page = await browser.context.newPage();
  const wall = page.locator(".screen[data-at]");
  const notice = page.locator("html[data-kind] h1:visible");
  const patience = { timeout: 30_000 };

  // A clock that nobody has set up: the notice where the set-up has stopped, and the set-up where it goes on.
  writeFileSync(file, "not-set-up not-set-up\n");
  {
    await using _ = await openNotice(port, file);
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(await notice.textContent(patience)).toBe("This clock is not set up yet.");
    expect(await page.locator("code:visible").allTextContents()).toContain("sudo lintel provision");
  }
  {
    await using _ = await openSetupScreen({ port });
    await page.locator("#steps li").first().waitFor(patience);
  }
  {
    await using _ = await openNotice(port, file);
    await expect.poll(() => notice.textContent(), patience).toBe("This clock is not set up yet.");
  }
  {
    await using _ = await openSetupScreen({ port });
    await page.locator("#steps li").first().waitFor(patience);
  }
  {
    await using first = clock();
    await first.url();
    await wall.waitFor(patience);
    await first.end("SIGKILL");
  }
  writeFileSync(file, "out-of-order disk-full de\n");
  {
    await using _ = await openNotice(port, file);
    await expect.poll(() => notice.textContent(), patience).toBe("Diese Uhr ist außer Betrieb.");
    expect(await page.locator("code:visible").allTextContents()).toEqual(["disk-full"]);
    // Another reason, another notice.
    writeFileSync(file, "out-of-order hang en\n");
    await expect.poll(() => notice.textContent(), patience).toBe("This clock is out of order.");
    // Ended, in letters that this system need not have.
    writeFileSync(file, "out-of-order decommissioned zh\n");
    await expect.poll(() => notice.textContent(), patience).toBe("这台考勤机已停用。");
    const letters = () =>
      page.evaluate(() => document.fonts.check('500 40px "Noto Sans SC Variable"', "停用") && document.fonts.size > 0);
    await expect.poll(letters, patience).toBe(true);
  }
  await using again = clock();
  await again.url();
  await wall.waitFor(patience);
  expect(await again.end()).toEqual({ code: 0, signal: null });
});
