/** Wrong usage, and what a run says about itself. */
export const problems = {
  'problem.unknown-command': 'There is no command "{{name}}".',
  'problem.unknown-option': 'There is no option {{name}} here.',
  'problem.did-you-mean': 'Did you mean {{name}}?',
  'problem.missing-argument': 'The command needs {{name}}.',
  'problem.option-needs-value': 'The option {{name}} needs a value.',
  'problem.excess-arguments':
    '"{{name}}" is more than this command takes. Names with blanks need quotes, as in --author "Tóth Gábor".',
  'mistaken.bundle':
    '{{path}} is a bundle: indabundle inspect shows what is in it, indabundle apply adds it to an archive.',
  'mistaken.catalog':
    '{{path}} is a catalogue: indabundle analyze --remote compares with it, indabundle export --for packs what its owner lacks.',
  'mistaken.request': '{{path}} is a request: indabundle export --request answers it.',
  'mistaken.database':
    '{{path}} is the database of an archive: it is named with --db, and as the other one with --remote or --for.',
  'problem.no-command': 'Say what to do.',
  'problem.other': '{{message}}',
  'problem.no-selection':
    'Say what to pack: --request FILE, --for DATABASE, --all, or filters such as --author and --tag.',
  'problem.two-selections':
    '--request, --list-id, --for, --all and the filters cannot be combined: choose one.',
  'problem.no-output': 'Say where to write the bundle: -o FILE.indabundle (or --dry-run to write nothing).',
  'problem.stdin-terminal': 'Standard input is the keyboard; lead a bundle into it, or name a file.',
  'problem.stdin-twice': 'Standard input (-) can be read only once.',
  'problem.stdout-terminal':
    'A bundle does not belong on the screen; lead standard output into a file or program.',
  'problem.one-list': '--files and --records cannot be combined on the screen: choose one, or add --json.',
  'problem.demo-exists':
    '{{path}} is not empty and was not touched. Name another folder, or add --force if it holds an earlier demo.',
  'problem.demo-foreign':
    '{{path}} holds something that the demo did not make, and was not touched. Name another folder.',

  'expected.integer': 'a whole number from {{from}} to {{to}}',
  'expected.choice': 'one of {{values}}',
  'expected.map': 'OLD=NEW, such as D:\\photos=E:\\photos',
  'expected.day': 'a day such as 2011-07-23, a month such as 2011-07, or a year',
  'expected.time': 'a time in UTC from 1970 to the beginning of 2242, such as 2026-03-14T09:26:53Z',
  'expected.file': 'the name of a file',
  'expected.until': 'a day that is not before that of --since',
  'expected.id': 'an id of up to 64 letters (A-Z, a-z), digits, dots, dashes, underscores',
  'expected.text': 'something that is not empty',

  'run.stopping': 'Stopping cleanly; press Ctrl-C again to stop at once.',
  'run.resume': 'Go on with:',
  'run.internal-debug': 'To see where it happened, set INDABUNDLE_DEBUG=1 or add --log-file FILE.',
} as const;
