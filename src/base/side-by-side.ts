/** So many threads does Node have for files. */
const AT_ONCE = 4;

/** Does some work on each item, on several at a time, and gives the results in the order of the items. */
export async function* sideBySide<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result]> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE);
    const results = await Promise.all(some.map(work));
    for (const [which, item] of some.entries()) yield [item, results[which]!];
  }
}
