/** One text for each word of the library: phases, outcomes, reasons, notices. */
export const words = {
  yes: 'Yes',
  no: 'No',

  'phase.compare': 'Comparing',
  'phase.plan': 'Planning',
  'phase.pack': 'Packing',
  'phase.sync': 'Writing to disk',
  'phase.read': 'Reading',
  'phase.check': 'Checking',
  'phase.backup': 'Backing up',
  'phase.decide': 'Looking up',
  'phase.apply': 'Applying',
  'phase.revert': 'Taking back',
  'phase.remove': 'Removing files',
  'phase.finish': 'Finishing',

  'outcome.added': 'added',
  'outcome.present': 'present',
  'outcome.restored': 'restored',
  'outcome.conflict': 'conflict',
  'outcome.banned': 'banned',
  'outcome.metadata-only': 'data only',
  'outcome.failed': 'failed',
  'meaning.added': 'not here before: the photo and all its data',
  'meaning.present': 'here already, with the same photo',
  'meaning.restored': 'known here, but its photo was missing or damaged',
  'meaning.conflict': 'here with another photo',
  'meaning.conflict.keep-local': 'here with another photo: yours stays',
  'meaning.conflict.larger': 'here with another photo: the larger one by its site size is used',
  'meaning.conflict.take-remote':
    'here with another photo: the one from the bundle is used, yours stays on disk',
  'meaning.conflict.keep-both': 'here with another photo: both are kept',
  'meaning.banned': 'by an author who is banned here: left alone',
  'meaning.metadata-only': 'came without a photo, and the image is not known here: left alone',
  'meaning.failed': 'could not be taken over',

  'omission.bySender': 'left out by the sender: {{why}}',
  'omission.missing': 'not where the database says',
  'omission.unreadable': 'cannot be read',
  'omission.changed': 'changed while it was being packed',
  'omission.mismatch': 'does not match its digest: damaged or replaced',
  'omission.too-large': 'too large (8 GiB and more, or more than 1 MiB of metadata)',
  'omission.unknown': 'asked for, but not known to the sender',
  'omission.no-file': 'known to the sender, but never downloaded',

  'notice.columns-left-behind': 'These columns of the database do not travel: {{columns}}.',
  'notice.archive-write-protected': 'The archive is write-protected, so this export is not noted in it.',
  'notice.database-copied':
    'The database was copied to a temporary folder to read it, because its own folder cannot be written: {{path}}',
  'error.room': '{{needed}} are needed, {{free}} are free',
  'notice.keys-made':
    'The ids in this database are no primary keys: a program that loses keys has copied it. It was read from a temporary copy that has keys. {{path}}',
  'notice.wal-files-left': 'SQLite may leave -wal and -shm files beside the database it read: {{path}}',
  'notice.backup-made': 'Backup of the database: {{path}}',
  'notice.nothing-selected': 'Nothing in the archive matches.',
  'notice.bundle-damaged':
    'The bundle is damaged; photos that are lost count as not there (see verify): {{path}}',
  'notice.list-rows-unclear':
    'Rows of the list that name no image (see analyze --list-id): {{count, number}}',
  'notice.never-downloaded':
    'Images that were never downloaded here, so that nothing is sent of them: {{count, number}}',
  'notice.stray-file': 'Not part of the bundle, ignored: {{name}}',
  'notice.waiting-for-lock': 'Another program is writing to the database; waiting for it: {{path}}',
  'notice.resuming': 'Going on where an earlier run stopped (operation {{operation}}).',
  'notice.already-applied': 'This bundle was applied before; only what is missing is done.',
  'notice.text-repaired':
    'Texts with characters that no program can read, which travel without them or with � in their place: {{count, number}}',
  'notice.archive-without-keys':
    'This export is not noted in the database: the ids of its table {{table}} are no primary key. {{path}}',
  'notice.values-left-out':
    'Values that a bundle cannot carry were left out (longer than 262,144 characters, no text, no web address, more than 2,000 tags, albums, collections or notes of one picture): {{count, number}}',
  'notice.level-slow': 'Level {{level}} is slow, and photos hardly get smaller.',
  'notice.no-links':
    'The disk of the archive has no links (FAT, exFAT); files are put in place in another safe way.',
  'notice.bundle-not-removed':
    'Everything in it is in your archive, but it could not be deleted: {{path}} ({{reason}})',
  'notice.bundle-kept':
    'The bundle was not deleted, because these photos are other than yours and only in it: {{count, number}}. Say what is to become of them with --on-conflict, or delete it yourself: {{path}}',
  'notice.plan-kept':
    'The plan of the volumes that are still to be made ({{volumes}}) stays here, and is private: it names places on your disk: {{path}}',
  'notice.checked-in-memory':
    'Read back and compared, but perhaps from the memory of the system: what is at {{path}} cannot be read past it.',
  'notice.larger-available':
    'For this many conflicts the bundle has the larger photo: {{count, number}}. Take them with --on-conflict larger.',
  'notice.authors-refused':
    'Rules of this database (a trigger or a constraint) kept the details of so many authors out, or their marks as favourites: {{count, number}}. Their photos are not affected.',
  'notice.own-photos-missing':
    'None of the photos that the database names is there. If they are on another disk, stop, plug it in, or name their folder with --root: {{path}}',
  'notice.own-photos-believed':
    'None of the photos that the database names is there, so the database is believed. If they are on another disk, plug it in, or name their folder with --root: {{path}}',
  'notice.photo-folder-missing':
    'The photos of the other archive are not here, so its database is believed; photos it lost are not noticed: {{path}}',
  'notice.personal-left-behind':
    'Notes, marks and favourites in the bundle are personal and were left alone.',
} as const;
