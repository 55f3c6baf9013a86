import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { arabic } from "../../kiosk/ui/web/language/arabic.ts";
import { chinese } from "../../kiosk/ui/web/language/chinese.ts";
import { english } from "../../kiosk/ui/web/language/english.ts";
import { german } from "../../kiosk/ui/web/language/german.ts";
import { hindi } from "../../kiosk/ui/web/language/hindi.ts";
import { spanish } from "../../kiosk/ui/web/language/spanish.ts";

/** What the screen shows while there is no clock, and what is done about it: shell, with systemd played by programs in PATH. */

const screen = join(import.meta.dirname, "../../provisioning/screen");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "lintel-notice-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function shell(script: string, env: Readonly<Record<string, string>>, stdin = "") {
  const child = spawn("sh", [join(screen, script)], { env: { PATH: process.env.PATH, ...env } });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout };
}

describe("the notice", () => {
  const ask = async (notice: string | null, request: string) => {
    const file = join(folder(), "notice");
    if (notice !== null) writeFileSync(file, notice);
    const env = { LINTEL_SCREEN: screen, LINTEL_NOTICE: file };
    const { stdout } = await shell("answer.sh", env, `${request} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n`);
    const [head = "", body = ""] = stdout.split("\r\n\r\n");
    return { head, body };
  };

  test("says the code, in the site's language, and that the clock is not there", async () => {
    const { head, body } = await ask("out-of-order disk-full de\n", "GET /");
    expect(head).toMatch(/^HTTP\/1\.1 503 /);
    expect(head).toContain("Lintel-Notice: disk-full");
    expect(body).toContain('<html lang="de" data-kind="out-of-order" data-code="disk-full">');
    expect(body).toContain("disk-full</code>");
    expect(body).not.toContain("@");
  });

  test("speaks English where nothing is known, also of itself", async () => {
    expect((await ask(null, "GET /")).body).toContain('lang="en" data-kind="out-of-order" data-code="unknown"');
    expect((await ask("not-set-up not-set-up\n", "GET /")).body).toContain('data-kind="not-set-up"');
  });

  test("of a clock that was ended it says that, and not that it is broken", async () => {
    const { head, body } = await ask("out-of-order decommissioned de\n", "GET /");
    expect(head).toContain("Lintel-Notice: decommissioned");
    expect(body).toContain('<html lang="de" data-kind="ended" data-code="decommissioned">');
    for (const lang of ["en", "es", "de", "hi", "ar", "zh"])
      expect(new RegExp(`<section lang="${lang}"[^>]*>[\\s\\S]*?</section>`).exec(body)?.[0], lang).toContain(
        'class="ended"',
      );
  });

  test("takes no code that is none", async () => {
    const { head, body } = await ask('out-of-order "><script>&/\\1 xx\n', "GET /");
    expect(head).toContain("Lintel-Notice: script1");
    expect(body).toContain('lang="en"');
    expect(body.match(/<script>/g)).toHaveLength(1);
  });

  test("lets the clock's page, which asks for news, load anew: each time with another name", async () => {
    const [first, second] = [
      await ask("out-of-order hang\n", "GET /events"),
      await ask("out-of-order hang\n", "GET /events"),
    ];
    expect(first.head).toContain("text/event-stream");
    expect(first.body).toMatch(/^event: page\ndata: notice-\d+\n\n$/);
    expect(second.body).not.toBe(first.body);
  });

  test("has no other page", async () => {
    for (const request of ["GET /../../etc/passwd", "POST /", "GET /preview"])
      expect((await ask("out-of-order hang\n", request)).head).toMatch(/^HTTP\/1\.1 404 /);
    expect((await ask("out-of-order hang\n", "HEAD /")).body).toBe("");
  });

  test("lends the letters of the clock's page where that is built, and nothing else of it", async () => {
    const assets = join(folder(), "assets");
    mkdirSync(assets);
    const face = '@font-face{font-family:Noto Sans SC Variable;src:url(/assets/sc-4.woff2)format("woff2")}';
    writeFileSync(join(assets, "a.css"), `${face}.screen{color:red}${face}`);
    writeFileSync(join(assets, "sc-4.woff2"), "wOF2 letters");
    writeFileSync(join(assets, "..", "secret.woff2"), "secret");
    const get = async (path: string, where = assets) => {
      const env = { LINTEL_SCREEN: screen, LINTEL_NOTICE: join(assets, "no"), LINTEL_ASSETS: where };
      return (await shell("answer.sh", env, `GET ${path} HTTP/1.1\r\n\r\n`)).stdout.split("\r\n\r\n");
    };
    expect((await get("/letters.css"))[1]).toBe(`${face}\n${face}\n`);
    const [head, body] = await get("/assets/sc-4.woff2");
    expect(head).toContain("Content-Type: font/woff2");
    expect(body).toBe("wOF2 letters");
    for (const path of ["/assets/../secret.woff2", "/assets/no.woff2", "/assets/a.css", "/assets/$(id).woff2"])
      expect((await get(path))[0], path).toMatch(/^HTTP\/1\.1 404 /);
    expect((await get("/letters.css", "/nowhere"))[1], "not built").toBe("");
  });

  test("says what the clock's own page says when it is out of order", () => {
    const page = readFileSync(join(screen, "notice.html"), "utf8");
    for (const { lang, outOfOrder } of [english, spanish, german, hindi, arabic, chinese]) {
      const [, section = ""] =
        new RegExp(`<section lang="${lang.slice(0, 2)}"[^>]*>([\\s\\S]*?)</section>`).exec(page) ?? [];
      for (const said of Object.values(outOfOrder)) expect(section, lang).toContain(said);
    }
  });
});

test("a set-up that stopped is said on the screen where there are no settings, and the clock is let alone where there are", async () => {
  const place = folder();
  const [bin, settings, told] = [join(place, "bin"), join(place, "etc"), join(place, "told")];
  for (const path of [bin, settings]) mkdirSync(path);
  writeFileSync(join(bin, "systemctl"), `#!/bin/sh\necho "$*" >>${told}\n`, { mode: 0o755 });
  const notice = join(place, "run/notice");
  const run = () =>
    shell("not-set-up.sh", {
      PATH: `${bin}:${process.env.PATH}`,
      ...{ LINTEL_NOTICE: notice, LINTEL_SETTINGS_FOLDER: settings },
    });
  expect((await run()).status).toBe(0);
  expect(readFileSync(notice, "utf8")).toBe("not-set-up not-set-up\n");
  // Whoever answers the screen is nobody.
  expect(statSync(notice).mode & 0o777).toBe(0o644);
  expect(readFileSync(told, "utf8")).toBe("start lintel-notice.socket\n");
  rmSync(told);
  writeFileSync(join(settings, "kiosk.json"), "{}\n");
  expect((await run()).status).toBe(0);
  expect(existsSync(told)).toBe(false);
});

describe("out of order", () => {
  /** A systemctl that says how the clock ended and writes down what it is told; a journal with the last words. */
  const played = (ending: Readonly<Record<string, string>>, lastWords: string) => {
    const place = folder();
    const [bin, settings] = [join(place, "bin"), join(place, "etc")];
    for (const path of [bin, settings]) mkdirSync(path);
    writeFileSync(join(settings, "kiosk.json"), '{\n  "locale": "es-MX"\n}\n');
    const cases = Object.entries(ending).map(([name, value]) => `*--property=${name}*) echo "${value}" ;;`);
    const program = (name: string, text: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    program("systemctl", `case "$*" in ${cases.join(" ")} *) echo "$*" >>${place}/told ;; esac`);
    program("journalctl", `cat <<'END'\n${lastWords}\nEND`);
    program("launch", `echo "launch $*" >>${place}/told`);
    return {
      settings,
      told: () => (existsSync(join(place, "told")) ? readFileSync(join(place, "told"), "utf8").trim().split("\n") : []),
      notice: () => readFileSync(join(place, "notice"), "utf8").trim(),
      run: (restS: string) =>
        shell("out-of-order.sh", {
          PATH: `${bin}:${process.env.PATH}`,
          ...{ LINTEL_LAUNCH: join(bin, "launch"), LINTEL_NOTICE: join(place, "notice") },
          ...{ LINTEL_SETTINGS_FOLDER: settings, LINTEL_REST_S: restS },
        }),
    };
  };
  const words = (code: string): string => JSON.stringify({ level: 60, code, msg: "last words" });

  test.each([
    ["what it said itself", { ExecMainCode: "1", ExecMainStatus: "75" }, words("state-unwritable"), "state-unwritable"],
    ["a bug", { ExecMainCode: "1", ExecMainStatus: "70" }, JSON.stringify({ level: 60, stack: "" }), "bug"],
    ["a program that is broken", { ExecMainCode: "1", ExecMainStatus: "203" }, "", "exit-203"],
    ["old words of another ending", { ExecMainCode: "1", ExecMainStatus: "1" }, words("disk-full"), "exit-1"],
    ["a hang", { ExecMainCode: "3", ExecMainStatus: "6" }, "", "hang"],
    ["too little memory", { ExecMainCode: "2", ExecMainStatus: "9" }, "", "signal-9"],
    ["never begun", { ExecMainCode: "0", ExecMainStatus: "0", Result: "resources" }, "", "resources"],
  ] as const)("%s gives a code, a rest, and another try", async (_, ending, lastWords, code) => {
    const scene = played(ending, lastWords);
    await scene.run("0");
    expect(scene.notice()).toBe(`out-of-order ${code} es`);
    expect(scene.told()).toEqual([
      "launch --failed",
      "start lintel-notice.socket",
      "reset-failed lintel.service",
      "--no-block start lintel.service",
    ]);
  });

  test("wrong settings are tried again when they changed, and not before", async () => {
    const scene = played({ ExecMainCode: "1", ExecMainStatus: "78" }, words("config-unknown-key"));
    const running = scene.run("0");
    await expect.poll(() => scene.told(), { timeout: 10_000 }).toContain("start lintel-notice.socket");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(scene.told()).not.toContain("--no-block start lintel.service");
    expect(scene.notice()).toBe("out-of-order config-unknown-key es");
    writeFileSync(join(scene.settings, "kiosk.json"), "{}\n");
    await running;
    expect(scene.told().at(-1)).toBe("--no-block start lintel.service");
  });
});
