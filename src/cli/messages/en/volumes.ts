/** What is said about series of volumes, and about checking what was written. */
export const volumes = {
  'export.option.volumeSize':
    'write volumes of at most this size into the folder -o: fat32, cd, dvd, or a size such as 25G or 700M',
  'export.option.volumes': 'make only these volumes now, such as 3-5; the others later, by the same plan',
  'export.option.check': 'read back what was written, past the memory of the system, and compare',
  'export.example.volumes': 'For a stick that holds no large files, checked as it is written:',
  'export.example.someVolumes': 'A few volumes at a time, for a stick that goes back and forth:',
  'apply.option.removeWhenDone':
    'delete each bundle when all of it is safe in the archive; never one with damage or failures',
  'apply.example.volumes': 'All volumes in a folder, each deleted when it is done:',

  'expected.volumeSize': 'fat32, cd, dvd, or a size from 64K on, such as 25G, 700M or 4GiB',
  'expected.volumes': 'numbers of volumes, such as 3 or 3-5 or 1,4-6',
  'problem.volumes-without-size':
    '--volumes needs --volume-size: the plan that lies in the folder was made for a size.',
  'problem.series-to-stdout': 'A series is written into a folder, not to standard output: -o FOLDER.',
  'problem.check-stdout': '--check needs a file: what went into a pipe cannot be read back.',

  'several.whole_one': 'The bundle is done and whole.',
  'several.whole_other': 'All {{count, number}} bundles are done and whole.',
  'several.some_one': 'The bundle is not done, or not whole:',
  'several.some_other': '{{whole}} of {{count, number}} bundles are done and whole. The others:',
  'several.partly': 'in part',
  'several.refused': 'damaged or refused',
  'several.missing': 'not there',
  'several.failed': 'not done',
  'several.left_one': '{{count, number}} bundle was not tried.',
  'several.left_other': '{{count, number}} bundles were not tried.',
  'column.bundle': 'Bundle',

  'fact.checked': 'Checked',
  'fact.checkedOnDisk': 'read back from the disk; all of it is as it was written',
  'fact.checkedInMemory': 'read back, perhaps from the memory of the system; all of it is as it was written',
  'fact.series': 'Series',
  'fact.seriesWhole': 'all {{count}} volumes are applied',
  'fact.seriesOpen': 'applied {{applied}} of {{count}}; still to come: {{missing}}',
  'fact.removed': 'Deleted',
  'column.volume': 'Volume',
  'column.state': 'State',
  'volume.made': 'made',
  'volume.there': 'there already',
  'volume.gone': 'made earlier',
  'volume.planned': 'not made yet',

  'series.found': 'Of the {{count}} volumes of a series, here: {{numbers}} ({{label}}, {{time}} UTC).',
  'series.foundAll': 'All {{count}} volumes of a series are here ({{label}}, {{time}} UTC).',
  'series.missing':
    'Missing: {{numbers}}. What is in them stays pending; the others can be used without them.',
  'series.doubled': 'Here more than once: {{numbers}}.',
  'series.mixed': 'These are volumes of {{count}} different exports; each is a series of its own.',
  'export.seriesDone': 'Volumes written into {{path}}: {{made}} of {{count}}',
  'export.nextVolumes': 'Make the volumes that are missing, by the same plan, with the same command and:',
  'apply.nextVolumes':
    'Apply the volumes that are still to come in the same way, in any order; they go on with this operation.',
} as const;
