/** The part of `performance.md` that is made from the results. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Pair, Results, ResultSet } from './results.ts';
import { type Target, TARGETS, verdictOf } from './targets.ts';

const BEGIN = '<!-- results: begin (written by npm run bench) -->';
const END = '<!-- results: end -->';

/** Fills the page between its marks; makes a page of nothing else where there is none. */
export function writeTables(docs: string, results: Results): void {
  const file = path.join(docs, 'performance.md');
  const page = existsSync(file) ? readFileSync(file, 'utf8') : `# Performance\n\n${BEGIN}\n${END}\n`;
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before === -1 || after === -1) throw new Error(`${file} has no marks for the results`);
  const filled = `${page.slice(0, before)}${BEGIN}\n\n${resultsText(results)}\n\n${page.slice(after)}`;
  writeFileSync(file, filled);
}

export function resultsText({ sets }: Results): string {
  const parts = ['### The targets', targetTable(sets), ...sets.flatMap(detailsOf)];
  return parts.join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export function targetTable(sets: readonly ResultSet[]): string {
  const rows = TARGETS.map((target) => [
    target.what.replaceAll('|', String.raw`\|`),
    limit(target, target.gate),
    limit(target, target.stretch),
    ...sets.map((set) => measured(target, set)),
  ]);
  return table(['', 'gate', 'stretch', ...sets.map(({ setting }) => `measured, ${setting}`)], rows);
}

function limit({ unit }: Target, value: number | null): string {
  return value === null ? '' : `${value} ${unit}`.trim();
}

function measured(target: Target, set: ResultSet): string {
  const value = target.measured(set);
  if (value === null) return 'not measured';
  const verdict = verdictOf(target, value);
  const said = verdict === 'missed' ? '**missed**' : `${verdict} met`;
  return `${figure(value)} ${target.unit}`.trim() + `, ${said}`;
}

/** Three digits that count. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toString();
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function detailsOf(set: ResultSet): string[] {
  return [
    `### ${capital(set.setting)}`,
    surroundings(set),
    ...(set.pairs.length === 0 ? [] : [pairTable(set.pairs)]),
    ...(set.singles.length === 0 ? [] : [singleTable(set)]),
    ...(set.growth.length === 0
      ? []
      : ['Growth, in a line: wall time, processor time a record, peak memory.', growthTable(set)]),
    ...(set.comparisons.length === 0 ? [] : [comparisonTable(set)]),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function surroundings({ machine, corpora, measuredAt, note }: ResultSet): string {
  const kept = corpora.map(({ name, files, bytes, pictures }) => {
    const megabytes = Math.max(1, Math.round(bytes / 1e6));
    return `**${name}**, ${files.toLocaleString('en')} files, ${megabytes} MB, of ${pictures}`;
  });
  const programs = Object.values(machine.programs).join('; ');
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, ${machine.fileSystem}, Node ${machine.node}.`,
    `Measured ${measuredAt.slice(0, 10)}; load before the last run: ${machine.loadBefore}.`,
    ...(note === '' ? [] : [`${note}.`]),
    ...(kept.length === 0 ? [] : [`Corpora: ${kept.join('; ')}.`]),
    ...(programs === '' ? [] : [`Beside: ${programs}.`]),
  ].join(' ');
}

function pairTable(pairs: readonly Pair[]): string {
  const rows = pairs.map(({ corpus, step, label, runs, ours, theirs, ratio }) => [
    `${corpus} ${step}, ${label.replaceAll('|', String.raw`\|`)}`,
    ...[ours, theirs].map(({ wall, cpu, memory }) => `${figure(wall)} (${figure(cpu)}), ${figure(memory)}`),
    ...[ratio.wall, ratio.cpu, ratio.memory].map(figure),
    String(runs),
  ]);
  const unit = 's (CPU s), MiB';
  return table(['beside', `indabundle: ${unit}`, `other: ${unit}`, 'wall', 'CPU', 'memory', 'runs'], rows);
}

function singleTable({ singles }: ResultSet): string {
  const rows = singles.map(({ corpus, step, records, cost, bytesRead }) => [
    `${corpus} ${step === 'again' ? 'apply again' : step}`,
    records.toLocaleString('en'),
    `${figure(cost.wall)} s (${figure(cost.cpu)})`,
    `${figure(cost.memory)} MiB`,
    bytesRead === null ? '' : `${figure(bytesRead / 1_000)} kB`,
  ]);
  return table(['alone', 'records', 'wall (CPU)', 'peak memory', 'read of the bundle'], rows);
}

function comparisonTable({ comparisons }: ResultSet): string {
  const rows = comparisons.map(({ what, images, seconds, memory }) => [
    what,
    images.toLocaleString('en'),
    `${figure(seconds)} s`,
    memory === null ? '' : `${memory} MiB`,
  ]);
  return table(['catalogue and comparison', 'images on each side', 'wall', 'peak memory'], rows);
}

function growthTable({ growth }: ResultSet): string {
  const sizes = [...new Set(growth.map(({ records }) => records))].toSorted((one, other) => one - other);
  const commands = [...new Set(growth.map(({ command }) => command))];
  const rows = commands.map((command) => [
    command,
    ...sizes.map((size) => {
      const cost = growth.find((point) => point.command === command && point.records === size)?.cost;
      if (cost === undefined) return '';
      return `${figure(cost.wall)} s, ${figure((cost.cpu / size) * 1e6)} µs, ${figure(cost.memory)} MiB`;
    }),
  ]);
  return table(['records', ...sizes.map((size) => size.toLocaleString('en'))], rows);
}
