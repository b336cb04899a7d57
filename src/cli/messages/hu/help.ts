import type { help as english } from '../en/help.ts';

/** A `--help` magyarul; a kapcsolók és az értékek neve minden nyelven ugyanaz. */
export const help: { readonly [key in keyof typeof english]: string } = {
  'help.program':
    'Fényképeket visz át egyik archívumból a másikba mindazzal együtt, amit az archívumok tudnak róluk: csomag készítése, megtekintése, ellenőrzése, betöltése.',
  'help.usage': 'Használat:',
  'help.arguments': 'Argumentumok:',
  'help.options': 'Kapcsolók:',
  'help.globalOptions': 'Minden parancs kapcsolói:',
  'help.commands': 'Parancsok:',
  'help.examples': 'Példák:',
  'help.more': 'Bővebben egy parancsról: indabundle PARANCS --help',
  'help.word.options': 'kapcsolók',
  'help.word.command': 'parancs',
  'help.default': 'alapérték: {{value}}',
  'help.choices': 'ezek egyike: {{values}}',
  'help.help': 'ez a súgó',
  'help.version': 'a program verziója',
  'help.helpCommand': 'egy parancs súgója',

  'option.json':
    'az eredmény egyetlen JSON-dokumentum a szabványos kimeneten; a haladás JSON-sorokban a hibakimeneten',
  'option.quiet': 'se haladás, se megjegyzések: csak a kért adatok, és ami nem sikerült',
  'option.lang': 'nyelv: en vagy hu',
  'option.logFile': 'részletes napló a FILE fájlba (JSON-sorok, a meglévők után írva)',
  'option.threads': 'hány szál dolgozhat egyszerre',
  'option.yes': 'kérdés nélkül végrehajtja',
  'option.db': 'az Ön archívumának adatbázisa',
  'option.root': 'a mappa, amelyből a képek útvonalai indulnak, ha nem az adatbázis mappája az',
  'option.dryRun': 'csak megmondja, mi történne; semmit sem módosít',
  'argument.bundle': 'csomagfájl, kötetek vagy a mappájuk, kibontott mappa, vagy - a szabványos bemenethez',

  'export.summary': 'képek és adataik becsomagolása',
  'export.about':
    'Az archívum képeit címükkel, szerzőjükkel, címkéikkel, albumaikkal és gyűjteményeikkel együtt egyetlen fájlba csomagolja, amely elvihető vagy elküldhető. Az archívumban a szinkronizálási táblákon kívül semmi sem változik.',
  'export.option.output':
    'az elkészítendő csomag, vagy - a szabványos kimenethez; --volume-size mellett a mappa',
  'export.option.for': 'ami egy másik archívumból hiányzik: annak adatbázisa vagy katalógusa',
  'export.option.all': 'minden kép',
  'export.option.author': 'csak ennek a szerzőnek a képei (ismételhető: bármelyiküké)',
  'export.option.album': 'csak ennek az albumnak a képei, cím vagy azonosító szerint (ismételhető)',
  'export.option.collection': 'csak ennek a gyűjteménynek a képei, cím vagy azonosító szerint (ismételhető)',
  'export.option.tag': 'csak az ezzel a címkével jelölt képek (ismételhető)',
  'export.option.license': 'csak az ilyen licencű képek (ismételhető)',
  'export.option.since': 'csak az ettől a naptól való képek: ÉÉÉÉ, ÉÉÉÉ-HH vagy ÉÉÉÉ-HH-NN',
  'export.option.until': 'csak az eddig a napig való képek',
  'export.option.metadataUpdates': 'a mindkét archívumban meglévő képek adatai is, a képfájlok nélkül',
  'export.option.rehash': 'előre végigolvas minden képet, és az adatbázis egyik lenyomatában sem bízik',
  'export.option.map': 'az OLD kezdetű teljes útvonalak most itt vannak: NEW (ismételhető)',
  'export.option.level': 'a tömörítés mértéke ott, ahol van mit tömöríteni, -7 és 19 között; 3 fölött lassú',
  'export.option.label': 'az Ön neve vagy az archívum neve, ahogyan a címzett látni fogja',
  'export.option.created':
    'ezt az időpontot írja a fájlba (UTC, YYYY-MM-DDThh:mm:ssZ), a bájtra egyező ismétléshez',
  'export.option.exportId': 'ezt az azonosítót írja a csomagba, a bájtra egyező ismétléshez',
  'export.option.force': 'lecseréli a csomagot, ha már létezik',
  'export.example.for': 'Ami egy másik archívumból hiányzik:',
  'export.example.filter': 'Egy szerző, két címke, 2010-től:',
  'export.example.dryRun': 'Mekkora lenne?',

  'inspect.summary': 'azonnal megmondja, mi van egy csomagban',
  'inspect.about':
    'Megmutatja, ki, mikor és kinek készítette a csomagot, és mi van benne. Csak az elejét és a végét olvassa, ezért bármekkora csomagnál gyors; de nem bizonyít semmit: arra a verify való.',
  'inspect.option.files': 'a képfájlok felsorolása azokkal együtt, amelyek kimaradtak',
  'inspect.option.records': 'a képek felsorolása: dátum, szerző, méret, cím, lenyomat és oldal',
  'inspect.example.summary': 'Összefoglaló:',
  'inspect.example.records': 'A csomag minden képe:',

  'verify.summary': 'egy csomag minden bájtjának elolvasása és ellenőrzése',
  'verify.about':
    'Elejétől a végéig elolvassa a csomagot, és ellenőriz minden lenyomatot és a formátum minden szabályát. Semmit sem ír. A --db kapcsolóval azt is megmondja, mit találna a betöltés abban az archívumban.',
  'verify.option.request': 'kérést ír az elveszett képekről, amelyet a csomag készítőjének küldhet el',
  'verify.option.force': 'lecseréli a kérést, ha már létezik',
  'verify.option.db': 'összeveti ezzel az archívummal is, anélkül hogy módosítaná',
  'verify.example.check': 'Épen megérkezett a másolat?',
  'verify.example.db': 'És mit hozna nekem?',
  'verify.example.pipe': 'Csővezetékből:',

  'apply.summary': 'egy csomag képeinek betöltése az archívumba',
  'apply.about':
    'Betölti az archívumba, amit a csomag hoz: a hiányzó képeket, címkéket, albumokat és gyűjteményeket. Ami már megvan, az úgy marad. Ha félbeszakad, futtassa újra: onnan folytatja, ahol abbamaradt.',
  'apply.option.onConflict': 'ha egy kép mindkét archívumban megvan, de más fájllal',
  'apply.option.metadata':
    'a már meglévő képeknél: kitölti az üres adatokat (fill), vagy mindent hagy (keep)',
  'apply.option.checkLocal': 'az Ön képeit is végigolvassa és ellenőrzi, nem elégszik meg a méretükkel',
  'apply.option.strict': 'előbb az egész csomagot ellenőrzi, azután mindent betölt, vagy semmit',
  'apply.option.allowType':
    'a képeken kívül ezt a fájltípust is beengedi, például application/pdf; any: mindet',
  'apply.option.noBackup': 'nem készít előtte biztonsági mentést az adatbázisról',
  'apply.option.report': 'táblázatba (CSV) írja, mi érkezett, milyen eredménnyel és hová',
  'apply.example.dryRun': 'Mi történne?',
  'apply.example.apply': 'Betöltés:',
  'apply.example.larger': 'Ahol a két kép eltér, a nagyobbik maradjon:',

  'demo.summary': 'minden kipróbálása két erre készült kis archívumon',
  'demo.about':
    'Egy új mappában két kis archívumot készít valódi képekkel, és átvisz egy csomagot az egyikből a másikba: export, inspect, verify, apply. Minden parancsot megmutat az eredményével együtt, és a mappákat meghagyja, hogy körülnézhessen bennük.',
  'demo.argument.dir': 'a mappa, amelyben a bemutató készül',
  'demo.option.force': 'újrakezdi a bemutatót, lecserélve az ebben a mappában lévő korábbit',
  'demo.example.here': 'Az aktuális mappában:',
};
