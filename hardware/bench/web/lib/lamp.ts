/** A WS2812's colour as an eye sees it: firmware drives lamps at a fraction of full scale, and they still look bright. */

export interface Glow {
  /** the hue at full scale */
  colour: string;
  /** 0 is dark, 1 is as bright as the part can be */
  brightness: number;
}

export function glow(hex: string): Glow {
  const channels = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  const most = Math.max(...channels);
  if (!(most > 0)) return { colour: '#000000', brightness: 0 };
  const full = channels.map((value) => Math.round((value * 255) / most));
  // The eye is not linear: a tenth of the light still looks like a third of it.
  return { colour: `rgb(${full.join(' ')})`, brightness: Math.sqrt(most / 255) };
}
