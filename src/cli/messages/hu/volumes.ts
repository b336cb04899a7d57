import type { volumes as english } from '../en/volumes.ts';

/** Kötetek sorozatairól, és a kiírtak ellenőrzéséről. */
export const volumes: { readonly [key in keyof typeof english]: string } = {
  'export.option.volumeSize':
    'legfeljebb ekkora köteteket ír a -o mappába: fat32, cd, dvd, vagy méret, például 25G vagy 700M',
  'export.option.volumes':
    'most csak ezeket a köteteket készíti el, például 3-5; a többit később, ugyanazzal a tervvel',
  'export.option.check': 'visszaolvassa, amit kiírt, a rendszer memóriáját megkerülve, és összehasonlítja',
  'export.example.volumes': 'Olyan pendrive-ra, amelyre nem fér nagy fájl, írás után ellenőrizve:',
  'export.example.someVolumes': 'Néhány kötet egyszerre, ha a pendrive oda-vissza jár:',
  'apply.option.removeWhenDone':
    'törli a csomagot, ha minden képe biztonságban van az archívumban; sérülteket és sikertelenül betöltötteket soha',
  'apply.example.volumes': 'Egy mappa összes kötete, és amelyik kész, az törlődik:',

  'expected.volumeSize': 'fat32, cd, dvd, vagy legalább 64K méret, például 25G, 700M vagy 4GiB',
  'expected.volumes': 'kötetek sorszámai, például 3, 3-5 vagy 1,4-6',
  'problem.volumes-without-size':
    'A --volumes mellé a --volume-size is kell: a mappában lévő terv ahhoz a mérethez készült.',
  'problem.series-to-stdout':
    'A sorozat mappába készül, a szabványos kimenetre nem írható: adja meg így: -o MAPPA.',
  'problem.check-stdout': 'A --check kapcsolóhoz fájl kell: amit a cső elvitt, azt nem lehet visszaolvasni.',

  'several.whole_one': 'A csomag kész és ép.',
  'several.whole_other': 'Mind a(z) {{count, number}} csomag kész és ép.',
  'several.some_one': 'A csomag nem készült el, vagy nem ép:',
  'several.some_other': '{{count, number}} csomagból kész és ép: {{whole}}. A többi:',
  'several.partly': 'részben',
  'several.refused': 'sérült vagy elutasított',
  'several.missing': 'nincs ott',
  'several.failed': 'nem készült el',
  'several.left_one': '{{count, number}} csomagra nem került sor.',
  'several.left_other': '{{count, number}} csomagra nem került sor.',
  'column.bundle': 'Csomag',

  'fact.checked': 'Ellenőrizve',
  'fact.checkedOnDisk': 'a lemezről visszaolvasva minden úgy van, ahogy ki lett írva',
  'fact.checkedInMemory':
    'visszaolvasva (talán csak a rendszer memóriájából) minden úgy van, ahogy ki lett írva',
  'fact.series': 'Sorozat',
  'fact.seriesWhole': 'minden kötet betöltve ({{count}})',
  'fact.seriesOpen': 'betöltve: {{applied}} (összesen {{count}}); hátravan: {{missing}}',
  'fact.removed': 'Törölve',
  'column.volume': 'Kötet',
  'column.state': 'Állapot',
  'volume.made': 'elkészült',
  'volume.there': 'már megvan',
  'volume.gone': 'korábban elkészült',
  'volume.planned': 'még nincs kész',

  'series.found': '{{count}} kötetből itt van: {{numbers}} ({{label}}, {{time}} UTC).',
  'series.foundAll': 'A sorozat minden kötete itt van: {{count}} ({{label}}, {{time}} UTC).',
  'series.missing':
    'Hiányzik: {{numbers}}. Ami ezekben van, az függőben marad; a többi nélkülük is használható.',
  'series.doubled': 'Többször is itt van: {{numbers}}.',
  'series.mixed': 'Ezek {{count}} különböző export kötetei; mindegyik külön sorozat.',
  'export.seriesDone': 'Kötetek ebben a mappában: {{path}}; elkészült: {{made}} / {{count}}',
  'export.nextVolumes':
    'A hiányzó köteteket ugyanez a parancs készíti el, ugyanazzal a tervvel, ezzel kiegészítve:',
  'apply.nextVolumes':
    'A hátralévő köteteket ugyanígy, tetszőleges sorrendben töltheti be; ugyanazt a műveletet folytatják.',
};
