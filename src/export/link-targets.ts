import type Database from 'better-sqlite3';
import { MAX_LINKS } from '../base/limits.ts';
import { canLink, LINK_TABLES, type LinkKind } from '../archive/link-tables.ts';
import type { Archive } from '../archive/open.ts';

/** Targets of one kind that are kept: an archive has far fewer tags than links. */
const MOST_KEPT = 50_000;

type Row = { readonly [column: string]: unknown };

interface Target<T> {
  readonly id: number;
  /** Its natural key: by this they are ordered. */
  readonly key: string;
  readonly values: T;
}

/** What an image is linked to. */
export interface Linked<T> {
  /** What travels, ordered by natural key, byte for byte, so that the same archive gives the same bytes. */
  readonly values: readonly T[];
  /** Their rows in the target table. */
  readonly ids: readonly number[];
}

const NOTHING: Linked<never> = { values: [], ids: [] };

/** The tags, albums or collections of images. Targets are read once: most images share theirs with others. */
export class LinkTargets<T extends object> {
  /** Links that went beyond what one record carries. */
  leftOut = 0;

  readonly #links: Database.Statement<[string], [number, number]> | null;
  readonly #target: Database.Statement<[number], Row> | null;
  readonly #valuesOf: (row: Row) => T;
  readonly #naturalKey: string;
  readonly #known = new Map<number, Target<T> | null>();
  readonly #linked = new Map<number, Target<T>[]>();

  /** `valuesOf` makes what travels out of a row. */
  constructor({ db, shape }: Archive, kind: LinkKind, columns: readonly string[], valuesOf: (row: Row) => T) {
    const { naturalKey, junction, column } = LINK_TABLES[kind];
    this.#valuesOf = valuesOf;
    this.#naturalKey = naturalKey;
    const isThere = canLink(shape, kind);
    this.#links = isThere
      ? db
          .prepare<[string], [number, number]>(
            `SELECT image_id, ${column} FROM json_each(?) CROSS JOIN main.${junction} ON image_id = value`,
          )
          .raw()
      : null;
    const wanted = [naturalKey, ...shape.select(kind, columns)].map((name) => `"${name}"`).join(', ');
    this.#target = isThere ? db.prepare(`SELECT ${wanted} FROM main.${kind} WHERE id = ?`) : null;
  }

  /** Reads the links of these images, given as a JSON array: one question for hundreds costs little more than for one. */
  load(images: string): void {
    this.#linked.clear();
    for (const [image, id] of this.#links?.all(images) ?? []) {
      const target = this.#read(id);
      if (target === null) continue;
      const others = this.#linked.get(image);
      if (others === undefined) this.#linked.set(image, [target]);
      else others.push(target);
    }
  }

  /** Of an image whose links were loaded last. */
  of(image: number): Linked<T> {
    const targets = this.#linked.get(image);
    if (targets === undefined) return NOTHING;
    if (targets.length > 1) targets.sort((a, b) => compareBytes(a.key, b.key) || a.id - b.id);
    const each = targets.filter((target, at) => target.id !== targets[at - 1]?.id);
    const travelling = each.slice(0, MAX_LINKS);
    this.leftOut += each.length - travelling.length;
    return { values: travelling.map(({ values }) => values), ids: travelling.map(({ id }) => id) };
  }

  /** Null for a target that is gone, or whose natural key cannot travel. */
  #read(id: number): Target<T> | null {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    const row = this.#target!.get(id);
    const values = row === undefined ? null : this.#valuesOf(row);
    const key = values === null ? undefined : (values as Row)[this.#naturalKey];
    const target = values === null || key === undefined ? null : { id, key: String(key), values };
    this.#known.set(id, target);
    return target;
  }
}

/** The order of two texts as UTF-8: surrogates stand for what comes behind all other characters. */
function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const first = a.charCodeAt(at);
    const second = b.charCodeAt(at);
    if (first !== second) return rank(first) - rank(second);
  }
  return a.length - b.length;
}

function rank(code: number): number {
  if (code < 0xd800) return code;
  return code >= 0xe000 ? code - 0x800 : code + 0x2000;
}
