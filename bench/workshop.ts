/** Fresh folders for every run, and the page cache in the same state before each. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { createDatabase } from './corpora/archive-rows.ts';
import type { Corpus } from './corpora/corpus.ts';
import { type Command, type Cost, measure } from './measure.ts';
import type { BenchOptions, CorpusName } from './options.ts';
import { type Peer, peerEnvironment } from './peers.ts';

/** How many times the bytes of the corpus must be free, or old runs are deleted. */
const ROOM = 4;

/** What a peer packed: the folder, and what that took. */
export interface Packed {
  readonly pack: string;
  readonly cost: Cost;
}

export interface Unpacked {
  readonly out: string;
  readonly cost: Cost;
}

export class Workshop {
  readonly #folder: string;
  readonly #cores: number | undefined;
  readonly #packed = new Map<string, string>();
  readonly #unpacked = new Map<string, string>();
  #done: string[] = [];
  #count = 0;

  private constructor(folder: string, cores: number | undefined) {
    this.#folder = folder;
    this.#cores = cores;
  }

  static open({ work, cores }: BenchOptions): Workshop {
    mkdirSync(work, { recursive: true });
    const workshop = new Workshop(mkdtempSync(path.join(work, 'runs-')), cores);
    process.on('exit', () => workshop.close());
    return workshop;
  }

  /** Packs a corpus; the result serves later runs that read it, until the peer packs the corpus again. */
  async pack(peer: Peer, corpus: Corpus): Promise<Packed> {
    const pack = this.#fresh(corpus);
    copyFileSync(path.join(corpus.folder, 'indafoto.db'), path.join(pack, 'indafoto.db'));
    if (peer.prepare !== undefined) await measure(this.#command(peer.prepare, corpus, pack), this.#folder);
    const cost = await this.#run(peer.pack, corpus.folder, this.#environment(corpus, pack));
    const key = keyOf(peer, corpus.name, corpus.files);
    this.#retire(this.#packed.get(key));
    this.#packed.set(key, pack);
    return { pack, cost };
  }

  /** What a peer packed last; packed now where there is nothing. */
  async packed(peer: Peer, corpus: Corpus): Promise<string> {
    return this.#packed.get(keyOf(peer, corpus.name, corpus.files)) ?? (await this.pack(peer, corpus)).pack;
  }

  async unpack(peer: Peer, corpus: Corpus): Promise<Unpacked> {
    const pack = await this.packed(peer, corpus);
    const out = this.#fresh(corpus);
    if (peer.name === 'indabundle') createDatabase(path.join(out, 'indafoto.db')).close();
    const warm = peer.name === 'cp' ? corpus.folder : pack;
    const cost = await this.#run(peer.unpack, warm, { ...this.#environment(corpus, pack), OUT: out });
    const key = keyOf(peer, corpus.name, corpus.files);
    this.#retire(this.#unpacked.get(key));
    this.#unpacked.set(key, out);
    return { out, cost };
  }

  /** What a peer unpacked last; unpacked now where there is nothing. */
  async unpacked(peer: Peer, corpus: Corpus): Promise<string> {
    return (
      this.#unpacked.get(keyOf(peer, corpus.name, corpus.files)) ?? (await this.unpack(peer, corpus)).out
    );
  }

  /** Runs a script that writes nothing of size, on what a peer packed. */
  async read(script: string, peer: Peer, corpus: Corpus, out = this.#fresh(corpus)): Promise<Cost> {
    const pack = await this.packed(peer, corpus);
    const loose = script.includes('$SRC');
    return this.#run(script, loose ? corpus.folder : pack, { ...this.#environment(corpus, pack), OUT: out });
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #environment(corpus: Corpus, pack: string): Record<string, string> {
    return { SRC: corpus.folder, PACK: pack, ...peerEnvironment(pack) };
  }

  #command(script: string, corpus: Corpus, pack: string): Command {
    return { script, env: this.#environment(corpus, pack), cores: undefined };
  }

  async #run(script: string, warm: string, env: Record<string, string>): Promise<Cost> {
    // Both sides find what they read in memory, and nothing of earlier runs still on its way to the disk.
    execFileSync('sh', [
      '-c',
      'find "$0" -type f -print0 | xargs -0 -r cat > /dev/null && sync -f "$0"',
      warm,
    ]);
    execFileSync('sync', ['-f', this.#folder]);
    return measure({ script, env, cores: this.#cores }, this.#folder);
  }

  /** An empty folder; deleting is put off, because some file systems are slow for a while after it. */
  #fresh(corpus: Corpus): string {
    const { bavail, bsize } = statfsSync(this.#folder);
    if (bavail * bsize < corpus.bytes * ROOM + 4_096 * corpus.files) this.#sweep();
    const folder = path.join(this.#folder, String((this.#count += 1)));
    mkdirSync(folder);
    return folder;
  }

  #retire(folder: string | undefined): void {
    if (folder !== undefined) this.#done.push(folder);
  }

  #sweep(): void {
    for (const folder of this.#done) rmSync(folder, { recursive: true, force: true });
    this.#done = [];
  }
}

function keyOf(peer: Peer, corpus: CorpusName, files: number): string {
  return `${peer.name} ${corpus} ${files}`;
}
