export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * JSON with the keys in the order in which the code names them, undefined left out, no spaces:
 * one line, the same bytes for the same value. Lone surrogates cannot occur in it,
 * because `JSON.stringify` writes them as escapes and the reader refuses those.
 */
export function canonicalLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** The same for documents that people open: two spaces of indentation, a newline at the end. */
export function canonicalDocument(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
