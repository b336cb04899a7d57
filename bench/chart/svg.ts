/** Small pieces of SVG. */

export const INK = '#1f3a4d';
export const SOFT = '#6b7b86';
export const OURS = '#c7563f';
export const BASE = '#35607f';
export const OTHERS = '#a9c3d3';
export const GATE = '#d98b1f';
export const STRETCH = '#557a46';
const PAPER = '#fbfaf7';
const EDGE = '#d9d4c7';

export interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: number;
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 13, fill = INK, anchor = 'start', weight = 400 } = style;
  const place = `x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"`;
  return `<text ${place} font-size="${size}" font-weight="${weight}" fill="${fill}">${escape(words)}</text>`;
}

export function bar(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 1))}" height="${height}" rx="3" fill="${fill}"/>`;
}

export function line(points: readonly (readonly [number, number])[], stroke: string, dashes = ''): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  const dashed = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`;
  return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="2" stroke-linejoin="round"${dashed}/>`;
}

export function dot(x: number, y: number, fill: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3.5" fill="${fill}"/>`;
}

/** A picture on a card that is legible on light and on dark pages. */
export function card(width: number, height: number, title: string, parts: readonly string[]): string {
  const font = `font-family="system-ui, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"`;
  const frame = `<rect x="1" y="1" width="${width - 2}" height="${height - 2}" rx="14" fill="${PAPER}" stroke="${EDGE}" stroke-width="2"/>`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ${font} stroke="none">`;
  return [head, `<title>${escape(title)}</title>`, frame, ...parts, '</svg>', ''].join('\n');
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
