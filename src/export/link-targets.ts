import type Database from 'better-sqlite3';
import { MAX_LINKS } from '../base/limits.ts';
import { canLink, LINK_TABLES, type LinkKind } from '../archive/link-tables.ts';
import type { ThreadArchive } from '../archive/thread-archive.ts';
import { type Losses, TravellingTexts } from './travelling-text.ts';

/** Targets of one kind that are kept: an archive has far fewer tags than links. */
const MOST_KEPT = 50_000;

type Row = { readonly [column: string]: unknown };

interface Target<T> {
  readonly id: number;
  /** Its natural key: by this they are ordered. Null for a target that is gone, or whose key cannot travel. */
  readonly key: string | null;
  readonly values: T;
  readonly losses: Losses;
}

type Travelling<T> = Target<T> & { readonly key: string };

/** What an image is linked to. */
export interface Linked<T> {
  /** What travels, ordered by natural key, byte for byte, so that the same archive gives the same bytes. */
  readonly values: readonly T[];
  /** Their rows in the target table. */
  readonly ids: readonly number[];
}

const NO_LOSSES: Losses = { repaired: 0, leftOut: 0 };
const NOTHING: Linked<never> = { values: [], ids: [] };

/** The tags, albums or collections of images. Targets are read once: most images share theirs with others. */
export class LinkTargets<T extends object> {
  /** Links that went beyond what one record carries. */
  leftOut = 0;

  readonly #links: Database.Statement<[string], [number, number]> | null;
  readonly #target: Database.Statement<[number], Row> | null;
  readonly #valuesOf: (row: Row, texts: TravellingTexts) => T;
  readonly #naturalKey: string;
  readonly #known = new Map<number, Target<T>>();
  readonly #linked = new Map<number, Travelling<T>[]>();
  readonly #losses = new Map<number, Losses>();

  /** `valuesOf` makes what travels out of a row. */
  constructor(
    { db, shape }: ThreadArchive,
    kind: LinkKind,
    columns: readonly string[],
    valuesOf: (row: Row, texts: TravellingTexts) => T,
  ) {
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
    this.#losses.clear();
    for (const [image, id] of this.#links?.all(images) ?? []) {
      const target = this.#read(id);
      if (target.losses !== NO_LOSSES) this.#losses.set(id, target.losses);
      if (!travels(target)) continue;
      const others = this.#linked.get(image);
      if (others === undefined) this.#linked.set(image, [target]);
      else others.push(target);
    }
  }

  /** What does not travel of the targets that were loaded last, by their rows. */
  get losses(): ReadonlyMap<number, Losses> {
    return this.#losses;
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

  #read(id: number): Target<T> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    const texts = new TravellingTexts();
    const row = this.#target!.get(id);
    const values = row === undefined ? ({} as T) : this.#valuesOf(row, texts);
    const key = (values as Row)[this.#naturalKey];
    const losses = texts.repaired + texts.leftOut > 0 ? texts : NO_LOSSES;
    const target = { id, key: key === undefined ? null : String(key), values, losses };
    this.#known.set(id, target);
    return target;
  }
}

function travels<T>(target: Target<T>): target is Travelling<T> {
  return target.key !== null;
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
