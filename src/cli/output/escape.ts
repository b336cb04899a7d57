/**
 * What a terminal acts upon, or does not show: control characters, bidirectional controls,
 * zero-width and filler characters, line and paragraph separators, lone surrogates.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * Joiners, variation selectors and tags are part of an emoji; anywhere else they are an oddity.
 * Made when first needed: compiling it takes 25 ms.
 */
let emojiOrInvisible: RegExp | null = null;

/**
 * Makes text from bundles and databases safe to print: what a terminal would obey or hide becomes
 * visible as `\u{202e}`; letters of every script and emoji stay as they are.
 */
export function escapeForTerminal(text: string): string {
  if (!INVISIBLE.test(text)) return text;
  emojiOrInvisible ??= new RegExp(`\\p{RGI_Emoji}|${INVISIBLE.source}`, 'gv');
  return text.replace(emojiOrInvisible, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return String.fromCodePoint(code) === found && INVISIBLE.test(found)
      ? `\\u{${code.toString(16)}}`
      : found;
  });
}
