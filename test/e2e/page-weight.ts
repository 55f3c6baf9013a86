import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { languages } from "../../kiosk/ui/web/language/languages.ts";

/**
 * What a wall can ask for, gzipped, without its fonts: all that is not the gallery's or the technician's alone, and of the languages that
 * come when they are wanted the heaviest.
 */
export async function pageWeight(dist: string): Promise<{ readonly bytes: number; readonly languages: number }> {
  const assets = join(dist, "assets");
  const weigh = async (file: string): Promise<number> => gzipSync(await readFile(file)).length;
  const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);
  const names = (await readdir(assets)).filter(
    (name) => /\.(js|css)$/.test(name) && !/^(gallery|technician)/.test(name),
  );
  const isLanguage = (name: string): boolean =>
    name.endsWith(".js") && Object.keys(languages).some((language) => name.startsWith(`${language}-`));
  const spoken = await Promise.all(names.filter(isLanguage).map((name) => weigh(join(assets, name))));
  const page = await Promise.all(
    [join(dist, "index.html"), ...names.filter((name) => !isLanguage(name)).map((name) => join(assets, name))].map(
      weigh,
    ),
  );
  // The list of Chinese letters has a script of a few bytes, which bears the name of its language.
  const whole = spoken.filter((size) => size > 1_000);
  return { bytes: sum(page) + Math.max(...spoken), languages: whole.length };
}
