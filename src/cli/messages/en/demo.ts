/** What the demo tells between its steps. */
export const demo = {
  'demo.welcome':
    'Two people collect photos from the same site. Kovács Éva has pictures that Tóth Gábor lacks, and brings them over on a stick.',
  'demo.made': 'Their archives were made here, with {{sender}} and {{receiver}} images:',
  'demo.step.export': 'Step {{step}}. Éva packs what Gábor lacks.',
  'demo.step.inspect': 'Step {{step}}. Gábor looks at what came.',
  'demo.step.verify': 'Step {{step}}. He checks that the stick kept every byte, and what it would bring him.',
  'demo.step.apply': 'Step {{step}}. He adds it to his archive.',
  'demo.step.again': 'Step {{step}}. Doing it twice changes nothing.',
  'demo.status': 'exit status {{status}}: {{meaning}}',
  'demo.status.0': 'done and whole',
  'demo.status.3': "done in part, because one photo was missing on Éva's disk",
  'demo.status.other': 'something went wrong',
  'demo.end': 'Have a look:',
  'demo.end.sender': "Éva's archive, unchanged but for the note of what she gave away",
  'demo.end.receiver': "Gábor's archive, now with the new photos, and a backup of the database as it was",
  'demo.end.bundle':
    'the bundle; tar --zstd -xf unpacks it, and renamed to trip.tar.zst so do Windows 11 and 7-Zip',
  'demo.end.again': 'Again from the start:',
} as const;
