/**
 * Every error that ends a command: what happened (with the reason), what to do next, and which
 * exit status it has. These are the English texts; `cli/messages/hu.ts` has the same keys.
 */
export interface ErrorText {
  readonly exit: 'internal' | 'usage' | 'partial' | 'refused' | 'archive' | 'environment' | 'interrupted';
  readonly what: string;
  readonly next: string;
}

const usage = 'usage';
const refused = 'refused';
const archive = 'archive';
const environment = 'environment';

export const ERROR_TEXTS = {
  usage: { exit: usage, what: '{{problem}}', next: 'See: indabundle {{command}} --help' },
  'option-value': {
    exit: usage,
    what: '{{option}} does not understand "{{found}}"; expected {{expected}}.',
    next: 'Correct the option and run the command again.',
  },
  'output-exists': {
    exit: usage,
    what: '{{path}} exists already and was not touched.',
    next: 'Choose another name, or add --force to replace it.',
  },
  'output-is-input': {
    exit: usage,
    what: '{{path}} is being read and cannot be written over.',
    next: 'Choose another name for what is to be written.',
  },
  'input-not-found': {
    exit: refused,
    what: 'There is nothing at {{path}}.',
    next: 'Check the name and that the disk or stick is connected.',
  },
  'not-a-bundle': {
    exit: refused,
    what: '{{path}} is not an indabundle: {{reason}}',
    next: 'Check that the right file was chosen and that its copy or download finished.',
  },
  'bundle-not-acceptable': {
    exit: refused,
    what: '{{path}} cannot be used: {{reason}}. Nothing was changed.',
    next: 'See every finding with indabundle verify, and ask the sender for a new copy.',
  },
  'head-damaged': {
    exit: refused,
    what: '{{path}} is an indabundle, but its beginning is damaged: {{reason}}',
    next: 'See with indabundle verify what of it is whole: that can be applied. For the rest, ask the sender for a new copy.',
  },
  'not-all-applicable': {
    exit: refused,
    what: '{{path}} cannot be applied as a whole: {{record}}: {{reason}}. Records like this: {{count}}. Nothing was changed.',
    next: 'To take the rest, apply it without --strict. Files that are no pictures come with --allow-type.',
  },
  'not-a-catalog': {
    exit: refused,
    what: '{{path}} is not a whole catalogue: {{reason}}',
    next: 'Check that the right file was chosen and that its copy or download finished; else ask for a new one.',
  },
  'not-a-request': {
    exit: refused,
    what: '{{path}} is not a whole request: {{reason}}',
    next: 'Check that the right file was chosen and that its copy or download finished; else ask for a new one.',
  },
  'not-a-side': {
    exit: refused,
    what: 'In the folder {{path}} there are neither volumes nor an archive.',
    next: 'Name a database, a catalogue, a bundle, or the folder with the volumes of a series.',
  },
  'not-a-remote': {
    exit: refused,
    what: '{{path}} is neither the database of an archive nor a catalogue.',
    next: 'Name the other indafoto.db, or the .indacatalog file that was sent.',
  },
  'db-not-found': {
    exit: archive,
    what: 'There is no database at {{path}}.',
    next: 'Name it with --db, for example --db archive/indafoto.db',
  },
  'db-not-sqlite': {
    exit: archive,
    what: '{{path}} is not an SQLite database, or it is encrypted: {{reason}}',
    next: 'Name the indafoto.db of the archive with --db.',
  },
  'db-no-images': {
    exit: archive,
    what: '{{path}} is a database without an images table, so it is not a photo archive.',
    next: 'Name the indafoto.db that the crawler wrote with --db.',
  },
  'db-columns-missing': {
    exit: archive,
    what: 'The images table of {{path}} lacks columns: {{columns}}.',
    next: 'Start the crawler once on this archive, so that it brings the database up to date, then run again.',
  },
  'db-books-unknown': {
    exit: archive,
    what: 'The table {{table}} of {{path}} is none that indabundle or the Python scripts made: it lacks the columns {{columns}}.',
    next: 'Give that table another name, so that a new one can be made, then run again. Nothing was changed.',
  },
  'db-id-unusable': {
    exit: archive,
    what: 'The table {{table}} of {{path}} has a row whose id no program can count on: {{found}}',
    next: 'Give that row, and what links to it, a whole number below 4503599627370496 as its id, then run again. Nothing was changed.',
  },
  'db-id-twice': {
    exit: archive,
    what: 'Several rows of the table {{table}} of {{path}} have the id {{found}}, so nothing tells which of them others mean.',
    next: 'A program that loses keys has copied this database. Use the original, or give each row an id of its own, then run again. Nothing was changed.',
  },
  'db-counter-unusable': {
    exit: archive,
    what: 'The counter of the ids of the table {{table}} of {{path}} stands at {{found}}: new rows would get ids that no program can count on.',
    next: 'Set it back with: sqlite3 indafoto.db "UPDATE sqlite_sequence SET seq = 0", then run again: SQLite goes on behind the largest id. Nothing was changed.',
  },
  'db-no-keys': {
    exit: archive,
    what: 'The ids of the table {{table}} of {{path}} are no primary key, so rows that are added would get none.',
    next: 'A program that loses keys has copied this database. Apply to the original, or copy the rows into a database that the crawler has made. Nothing was changed.',
  },
  'db-corrupt': {
    exit: archive,
    what: 'The database {{path}} is damaged: {{reason}}',
    next: 'Restore a backup of it, or recover it with: sqlite3 indafoto.db ".recover". Nothing was changed.',
  },
  'db-own-rules': {
    exit: archive,
    what: 'A rule of the database {{path}} itself stopped the work: {{reason}}',
    next: 'A trigger, a constraint or a collation of its own forbids the change, or needs the program that made it. Remove that rule, then run the same command again. Rows that were written before are whole.',
  },
  'db-unreadable': {
    exit: archive,
    what: 'The database {{path}} cannot be opened: {{reason}}',
    next: 'Check the permissions of the file and of its folder.',
  },
  'db-read-only': {
    exit: archive,
    what: 'The database {{path}} cannot be written: {{reason}}',
    next: 'Remove the write protection of the file and of its folder, then run again.',
  },
  'db-locked': {
    exit: environment,
    what: 'The database {{what}} stayed locked by another program: {{reason}}',
    next: 'Wait for the other program or close it, then run the same command again; it goes on where it stopped.',
  },
  'archive-locked': {
    exit: environment,
    what: 'Another indabundle is working on this archive ({{holder}}).',
    next: 'Wait until it has finished, then run the same command again.',
  },
  'output-locked': {
    exit: environment,
    what: 'Another indabundle is writing {{path}} ({{holder}}).',
    next: 'Wait until it has finished, or choose another name with -o.',
  },
  'photos-not-there': {
    exit: archive,
    what: 'The photos that are to be taken back are not there: {{path}}',
    next: 'If they are on another disk, plug it in, or name their folder with --root. If they are gone for good, make this folder, empty, and run again. Nothing was changed.',
  },
  'root-not-found': {
    exit: archive,
    what: 'There is no folder at {{path}} to find the photos in.',
    next: 'Name the folder that holds indafoto_archive with --root.',
  },
  'no-space': {
    exit: environment,
    what: 'There is not enough room for {{what}}: {{reason}}',
    next: 'Free some space, or choose another disk, and run the same command again. An export can be split over several sticks with --volume-size and --volumes.',
  },
  'io-error': {
    exit: environment,
    what: 'Reading or writing {{what}} failed: {{reason}}',
    next: 'Check the disk or stick and its cable, then run the same command again; it goes on where it stopped.',
  },
  'output-failed': {
    exit: environment,
    what: 'Standard output took no more: {{reason}}. The bundle on it is not whole.',
    next: 'See why the other program stopped, then run both again: on standard output a bundle begins anew.',
  },
  'write-protected': {
    exit: environment,
    what: '{{what}} cannot be written, because the disk is write-protected: {{reason}}',
    next: 'Choose another place, or take the write protection off (the switch of a card, the read-only mount), then run again.',
  },
  'report-failed': {
    exit: environment,
    what: 'What the bundle brought is in the archive, but the report {{path}} could not be written: {{reason}}',
    next: 'Run the same command again with another place for the report: nothing is applied twice.',
  },
  'not-permitted': {
    exit: environment,
    what: 'The system does not permit access to {{what}}: {{reason}}',
    next: 'Check the permissions, or close the program that uses it, then run the same command again.',
  },
  'file-too-large': {
    exit: environment,
    what: '{{what}} would be {{size}}, but the file system at {{path}} holds files of at most {{limit}}.',
    next: 'Write a series of smaller volumes into a folder: --volume-size fat32. Or choose another disk.',
  },
  'file-limit-reached': {
    exit: environment,
    what: '{{what}} cannot become any larger there: {{reason}}',
    next: 'The disk or stick (FAT32: 4 GB), or a limit of your system, holds no single file as large as this. Export a series of smaller volumes into a folder: --volume-size fat32. Or choose another disk.',
  },
  'volume-too-small': {
    exit: usage,
    what: 'Volumes of {{size}} are too small: {{count}} files do not fit in one ({{files}}).',
    next: 'The smallest size that would do: --volume-size {{smallest}}',
  },
  'series-begun': {
    exit: usage,
    what: 'Volumes of another series are being made there, by the plan {{path}}; it was not touched.',
    next: 'To make more of them, give the same options as before. To begin anew, add --force or choose another folder with -o.',
  },
  'read-back-differs': {
    exit: environment,
    what: 'What was read back of {{path}} is not what was written, from byte {{offset}} on.',
    next: 'The disk or stick is faulty, or smaller than it claims. Use another one; do not trust this one with anything.',
  },
  'list-not-found': {
    exit: usage,
    what: 'There is no list {{list}} in {{path}}.',
    next: 'See the lists with: indabundle status --db "{{path}}"',
  },
  'operation-not-found': {
    exit: usage,
    what: 'There is no operation {{operation}} in {{path}}, or its bookkeeping was cleaned up.',
    next: 'See the operations with: indabundle status --db "{{path}}"',
  },
  'id-not-found': {
    exit: usage,
    what: 'There is neither an operation nor a list {{id}} in {{path}}, or it was cleaned up.',
    next: 'See both with: indabundle status --db "{{path}}"',
  },
  'operation-unfinished': {
    exit: usage,
    what: '{{id}} is not finished, and what it needs stays.',
    next: 'Finish it first: run the command that began it again.',
  },
  interrupted: {
    exit: 'interrupted',
    what: 'Stopped as asked. Nothing is lost.',
    next: 'Run the same command again to go on.',
  },
  internal: {
    exit: 'internal',
    what: 'An error of indabundle itself: {{reason}}',
    next: 'Please report it with the command you ran. What was done before is kept.',
  },
} as const satisfies Record<string, ErrorText>;
