import fastStringWidth from 'fast-string-width';

/** Made when a text is first cut: making it takes 20 ms. */
let segmenter: Intl.Segmenter | null = null;
const ELLIPSIS = '…';

/** Columns that a text takes in a terminal; colours take none. */
export function widthOf(text: string): number {
  return fastStringWidth(text);
}

/** Which part of a text that is too long goes: its end, or its middle (of paths, both ends tell something). */
export type Clip = 'end' | 'middle';

/** Shortens a text without colours to `width` columns, between graphemes, with … where something is missing. */
export function clip(text: string, width: number, where: Clip = 'end'): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return width === 1 ? ELLIPSIS : '';
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const graphemes = [...segmenter.segment(text)].map(({ segment }) => segment);
  const tail = where === 'end' ? '' : take(graphemes.toReversed(), Math.ceil((width - 1) * 0.6), 'backwards');
  return take(graphemes, width - 1 - widthOf(tail), 'forwards') + ELLIPSIS + tail;
}

function take(graphemes: readonly string[], width: number, direction: 'forwards' | 'backwards'): string {
  const taken: string[] = [];
  let used = 0;
  for (const grapheme of graphemes) {
    used += widthOf(grapheme);
    if (used > width) break;
    taken.push(grapheme);
  }
  return (direction === 'forwards' ? taken : taken.toReversed()).join('');
}

/** Fills a text up with spaces to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const gap = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + gap : gap + text;
}

/** Breaks a text at its spaces into lines of `width` columns; a longer word stays whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}
