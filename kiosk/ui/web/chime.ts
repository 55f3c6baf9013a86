/**
 * Two short notes up for "saved", one soft low note for "look at the screen", four for "here I am", six high and low for
 * an emergency. Off unless the browser was told to allow sound (`--autoplay-policy=no-user-gesture-required`): a site
 * decides that, not the page. Never the only sign.
 */
export type Chime = "saved" | "look" | "here" | "alarm";

interface Note {
  readonly hz: number;
  readonly atS: number;
  readonly lengthS: number;
}

const notes: Readonly<Record<Chime, readonly Note[]>> = {
  saved: [
    { hz: 659.3, atS: 0, lengthS: 0.16 },
    { hz: 880, atS: 0.13, lengthS: 0.28 },
  ],
  look: [{ hz: 246.9, atS: 0, lengthS: 0.32 }],
  here: [0, 0.4, 0.8, 1.2].map((atS) => ({ hz: 784, atS, lengthS: 0.3 })),
  alarm: [0, 1, 2, 3, 4, 5].map((n) => ({ hz: n % 2 === 0 ? 988 : 740, atS: n * 0.45, lengthS: 0.42 })),
};
const loudness = 0.12;

let context: AudioContext | null = null;

/** @param percent of the usual loudness, 0 to 100; 0 is silence. */
export function play(chime: Chime, percent: number): void {
  if (percent === 0) return;
  try {
    context ??= new AudioContext();
    if (context.state !== "running") return;
    for (const note of notes[chime]) sound(context, note, (loudness * percent) / 100);
  } catch {
    // A wall without a sound card is a wall without sound, nothing more.
  }
}

function sound(audio: AudioContext, { hz, atS, lengthS }: Note, peak: number): void {
  const from = audio.currentTime + atS;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(peak, from + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + lengthS);
  const tone = audio.createOscillator();
  tone.frequency.value = hz;
  tone.connect(gain).connect(audio.destination);
  tone.start(from);
  tone.stop(from + lengthS);
}
