import type { GuestsField } from "./kinds.ts";

/**
 * Letters for fingers. Three rows of ten, nine and seven keys; what does not fit stands on the next layer. Chinese is
 * written in pinyin letters: a wall without an input method of its own has no other honest way, and says so.
 */

/** Rows of keys; a gap is an empty text. */
export type Layer = readonly (readonly string[])[];

const rows = (...texts: readonly string[]): Layer => texts.map((text) => text.split(" "));

const english = rows("q w e r t y u i o p", "a s d f g h j k l", "z x c v b n m");
const german = rows("q w e r t z u i o p", "a s d f g h j k l", "y x c v b n m");
const accents = rows("ä ö ü ß é è ê ë á à", "â ã å í ì î ï ó ò", "ú ù ñ ç ' - .");
const more = rows("ô õ ø œ æ û ÿ ý č ć", "ď ě ğ ı ł ň ř ś š", "ş ť ů ž ź ż ő");
const signs = rows("1 2 3 4 5 6 7 8 9 0", "@ . - _ + / ( ) :", ", ; ! # & = ~");
const hindi = [
  rows("क ख ग घ च छ ज झ ट ठ", "ड ढ ण त थ द ध न प", "फ ब भ म य र ल"),
  rows("ा ि ी ु ू े ै ो ौ ं", "् ँ ः ृ व श ष स ह", "अ आ इ ई उ ए ओ"),
  rows("ञ ङ ळ ऊ ऐ औ ऋ ड़ ढ़ ज़", "फ़ क़ ख़ ग़ ऑ ॉ ़ क्ष ज्ञ", "त्र श्र ' - . ऍ ॅ"),
] as const;
const arabic = [
  rows("ض ص ث ق ف غ ع ه خ ح", "ش س ي ب ل ا ت ن م", "ج ك ط د ز ر و"),
  rows("ذ ظ ة ى ء أ إ آ ؤ ئ", "َ ِ ُ ْ ّ پ چ ژ گ", "ڤ ک ی ۀ ' - ."),
] as const;

const latinOf = (lang: string): Layer => (lang.startsWith("de") ? german : english);

/** What one key after the other leads through; the first is what somebody most likely needs. */
export function layersFor(lang: string, field: GuestsField): readonly Layer[] {
  const latin = latinOf(lang);
  if (field === "contact") return [latin, signs];
  if (lang.startsWith("hi")) return [...hindi, latin, accents];
  if (lang.startsWith("ar")) return [...arabic, latin, accents];
  return lang.startsWith("zh") ? [latin] : [latin, accents, more];
}

/** A name begins large, as it is written; scripts without large letters stay as they are. */
export const cased = (key: string, text: string, field: GuestsField, lang: string): string =>
  field !== "contact" && (text === "" || /[ '-]$/u.test(text)) && key !== "ß" ? key.toLocaleUpperCase(lang) : key;

/** What stands on the key that leads to a layer. */
export const markOf = (layer: Layer): string =>
  layer
    .flat()
    .filter((key) => !isMark(key))
    .slice(0, 3)
    .join(" ");

/** A sign that stands on a letter needs one to be seen on. */
export const isMark = (key: string): boolean => /^\p{M}/u.test(key);
