/**
 * The clock's own voice: whatever speech the machine has, in the language of the words. Where it has no voice for that
 * language it stays silent, because a sentence in the wrong sounds helps nobody.
 */

/** A hint that is gone sooner than this was never worth saying, and people should not hear half sentences. */
const settlesMs = 400;

let waiting: number | undefined;

/** Says this and nothing of what was said before. */
export function speak(text: string, lang: string): void {
  hush();
  waiting = setTimeout(() => {
    const voice = voiceFor(lang);
    if (voice === null) return;
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    speechSynthesis.speak(words);
  }, settlesMs);
}

export function hush(): void {
  clearTimeout(waiting);
  if ("speechSynthesis" in globalThis) speechSynthesis.cancel();
}

function voiceFor(lang: string): SpeechSynthesisVoice | null {
  if (!("speechSynthesis" in globalThis)) return null;
  const wanted = new Intl.Locale(lang).language;
  const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.split(/[-_]/)[0] === wanted);
  // A voice that lives elsewhere would tell a stranger's server who comes to work.
  return voices.find(({ localService }) => localService) ?? null;
}
