import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openFakeTools } from "../provisioning/fake-tools.ts";
import { type LintelProcess, startLintel } from "../provisioning/lintel-process.ts";
import { lay, type Site } from "./provision-site.ts";

/** A board that is set up by `lintel provision` below a folder, with a clock that is started by what plays systemd. */
export interface Board extends AsyncDisposable {
  readonly below: string;
  readonly settings: string;
  readonly state: string;
  /** Log of its clock. */
  readonly log: () => string;
  readonly provision: (...flags: readonly string[]) => LintelProcess;
  /** The rest of a set-up whose ticket was shown: the words, a card, a punch. @returns its exit code and what it said. */
  readonly end: (words: string) => Promise<{ readonly code: number | null; readonly said: string }>;
}

const root = join(import.meta.dirname, "../..");

export async function openBoard(site: Site, name: string, camera: readonly string[]): Promise<Board> {
  const at = (file: string): string => site.at(`${name}-${file}`);
  const below = site.at(name);
  await mkdir(join(below, "etc"), { recursive: true });
  await writeFile(join(below, "etc/os-release"), 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
  const [settings, state] = [join(below, "etc/lintel/kiosk.json"), join(below, "var/lib/lintel")];
  const tools = openFakeTools(below);
  // What systemd does for the clock: starts it, says whether it is up.
  const clock = `${process.execPath} ${join(root, "kiosk/main.ts")} --config ${settings} --state ${state} --port 0 --log json`;
  tools.put(
    "systemctl",
    `case "$1" in
      --version) echo "systemd 252 (252.30)";;
      is-enabled) [ -e ${at("enabled")} ] && echo enabled || { echo disabled; exit 1; };;
      is-active) grep -q '"event":"ready"' ${at("clock.log")} 2>/dev/null && echo active || { echo inactive; exit 3; };;
      cat) [ "$2" = lintel.service ];;
      enable)
        touch ${at("enabled")}
        [ -e ${at("clock.pid")} ] && exit 0
        setsid ${clock} >${at("clock.log")} 2>&1 </dev/null &
        echo $! >${at("clock.pid")};;
      *) exit 1;;
    esac`,
  );
  const socket = at("reader.sock");
  const words = ["provision", "--root", below, ...camera, "--wait", "60", "--reader", `sim:${socket}`];
  const provision: Board["provision"] = (...flags) =>
    startLintel([...words, "--assets", join(root, ".cache/assets"), ...flags], { PATH: tools.path });
  return {
    ...{ below, settings, state, provision },
    log: () => (existsSync(at("clock.log")) ? readFileSync(at("clock.log"), "utf8") : ""),
    end: async (six) => {
      await using going = provision("--words", six);
      await going.says("Lay any card");
      await lay(socket, "card:99");
      await going.says("Punch now", 60_000);
      const punching = new AbortController();
      const keepTapping = (async () => {
        while (!punching.signal.aborted) {
          await lay(socket, site.card);
          // A card that stays is one card.
          await delay(1_500, undefined, { signal: punching.signal }).catch(() => {});
        }
      })();
      const code = await going.ended();
      punching.abort();
      await keepTapping;
      return { code, said: going.said() };
    },
    [Symbol.asyncDispose]: async () => {
      if (existsSync(at("clock.pid"))) process.kill(-Number(readFileSync(at("clock.pid"), "utf8")), "SIGKILL");
    },
  };
}
