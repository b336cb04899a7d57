import type { problems as english } from '../en/problems.ts';

/** Hibás használat, és amit egy futás magáról mond. */
export const problems: { readonly [key in keyof typeof english]: string } = {
  'problem.unknown-command': 'Nincs ilyen parancs: {{name}}.',
  'problem.unknown-option': 'Itt nincs ilyen kapcsoló: {{name}}.',
  'problem.did-you-mean': 'Erre gondolt: {{name}}?',
  'problem.missing-argument': 'A parancshoz meg kell adni: {{name}}.',
  'problem.option-needs-value': 'Ehhez a kapcsolóhoz érték kell: {{name}}.',
  'problem.excess-arguments':
    'Ez több, mint amennyit a parancs vár: „{{name}}”. A szóközös neveket tegye idézőjelbe, például --author "Tóth Gábor".',
  'mistaken.bundle':
    'Ez egy csomag: {{path}}. Az indabundle inspect megmutatja, mi van benne, az indabundle apply betölti egy archívumba.',
  'mistaken.catalog':
    'Ez egy katalógus: {{path}}. Az indabundle analyze --remote összeveti, az indabundle export --for becsomagolja, ami a gazdájának hiányzik.',
  'mistaken.request': 'Ez egy kérés: {{path}}. Az indabundle export --request teljesíti.',
  'mistaken.database':
    'Ez egy archívum adatbázisa: {{path}}. A --db kapcsolóval adható meg, a másik félé a --remote vagy a --for kapcsolóval.',
  'problem.no-command': 'Adja meg, mi a teendő.',
  'problem.other': '{{message}}',
  'problem.no-selection':
    'Adja meg, mi kerüljön a csomagba: --request FÁJL, --for ADATBÁZIS, --all, vagy szűrők, például --author és --tag.',
  'problem.two-selections':
    'A --request, a --list-id, a --for, az --all és a szűrők nem használhatók együtt: válasszon egyet.',
  'problem.no-output':
    'Adja meg, hová kerüljön a csomag: -o FÁJL.indabundle (vagy --dry-run, ha ne készüljön el).',
  'problem.stdin-terminal':
    'A szabványos bemenet most a billentyűzet; vezessen bele egy csomagot, vagy nevezzen meg egy fájlt.',
  'problem.stdin-twice': 'A szabványos bemenet (-) csak egyszer olvasható.',
  'problem.stdout-terminal':
    'A csomag nem a képernyőre való; vezesse a szabványos kimenetet fájlba vagy programba.',
  'problem.one-list':
    'A --files és a --records a képernyőn nem használható együtt: válasszon egyet, vagy adja hozzá: --json.',
  'problem.demo-exists':
    'Ez a mappa nem üres, és érintetlen maradt: {{path}}. Nevezzen meg másikat, vagy ha egy korábbi bemutató van benne, adja hozzá: --force.',
  'problem.demo-foreign':
    'Ebben a mappában olyasmi van, amit nem a bemutató készített, ezért érintetlen maradt: {{path}}. Nevezzen meg másikat.',

  'expected.integer': 'egész szám {{from}} és {{to}} között',
  'expected.choice': 'ezek egyike: {{values}}',
  'expected.map': 'OLD=NEW, például D:\\photos=E:\\photos',
  'expected.day': 'nap (2011-07-23), hónap (2011-07) vagy év (2011)',
  'expected.time': 'UTC szerinti időpont 1970 és 2242 eleje között, például 2026-03-14T09:26:53Z',
  'expected.id':
    'legfeljebb 64 karakteres azonosító ékezet nélküli betűkből, számjegyekből, pontból, kötőjelből',
  'expected.file': 'egy fájl neve',
  'expected.until': 'olyan nap, amely nem előzi meg a --since napját',
  'expected.text': 'nem üres szöveg',

  'run.stopping': 'A program szabályosan leáll; az azonnali leálláshoz nyomja meg újra a Ctrl-C-t.',
  'run.resume': 'Így folytathatja:',
  'run.internal-debug':
    'Az INDABUNDLE_DEBUG=1 környezeti változóval vagy a --log-file FÁJL kapcsolóval az is látszik, hol történt.',
};
