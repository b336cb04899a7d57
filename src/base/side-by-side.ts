/** So many threads does Node have for files. */
const AT_ONCE = 4;

/**
 * Does some work on each item, on several at a time, and gives the results in the order of the items. The next
 * ones are worked on while whoever asks is busy with those that came.
 */
export async function* sideBySide<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  atOnce = AT_ONCE,
): AsyncGenerator<readonly [Item, Result]> {
  const begun: Promise<readonly [Item, Result]>[] = [];
  for await (const item of items) {
    const next = work(item).then((result) => [item, result] as const);
    next.catch(() => {}); // looked at in its turn
    begun.push(next);
    if (begun.length === atOnce) yield await begun.shift()!;
  }
  for (const next of begun) yield await next;
}
