import type { diff as english } from '../en/diff.ts';

/** Amit a `diff` mond. */
export const diff: { readonly [key in keyof typeof english]: string } = {
  'diff.summary':
    'megmondja, mi van meg egy csomagban, katalógusban vagy archívumban, ami egy másikban nincs',
  'diff.about':
    'Képenként és képfájlonként összehasonlít két oldalt; mindegyik lehet csomag, kötetek mappája, katalógus vagy egy archívum adatbázisa. Semmit sem módosít, és képeket sem olvas: azt veti össze, amit a két oldal magáról mond.',
  'diff.argument.a': 'csomag, kötetek mappája, katalógus vagy adatbázis',
  'diff.argument.b': 'amivel összehasonlítja; ugyanezek lehetnek',
  'diff.option.files': 'felsorolja az eltérő képeket, soronként egyet',
  'diff.example.catalog': 'Mi van meg nekem, ami Annának nincs, és fordítva?',
  'diff.example.bundle': 'Megvan az archívumomban minden, ami ebben a csomagban van?',
  'diff.differ': 'A kettő eltér:',
  'diff.equal': 'Mindkettőben ugyanazok a képek vannak, ugyanazokkal a képfájlokkal.',
  'diff.has': '{{images}} kép, képfájllal együtt {{photos}}',
  'diff.kind.database': 'archívum',
  'diff.kind.catalog': 'katalógus',
  'diff.kind.bundle': 'csomag',
  'diff.kind.series': 'kötetek',
  'diff.column.what': 'Eltérés',
  'diff.onlyA': 'a kép csak az A oldalon van meg',
  'diff.onlyB': 'a kép csak a B oldalon van meg',
  'diff.photoOnlyA': 'mindkettőben szerepel, ép képfájl csak az A oldalon van',
  'diff.photoOnlyB': 'mindkettőben szerepel, ép képfájl csak a B oldalon van',
  'diff.other': 'mindkettőben szerepel, más képfájllal',
  'diff.unknown': 'mindkettőben van képfájl; hogy ugyanaz-e, azt lenyomat híján nem tudni',
  'diff.same': 'mindkettőben ugyanaz',
  'diff.list.only': 'csak itt',
  'diff.list.photo': 'képfájl csak itt',
  'diff.list.other': 'más képfájl',
  'diff.list.unknown': 'nincs lenyomat',
};
