import type { ErrorCode } from '../../../base/errors.ts';

/** A hibák magyarul: mi történt és miért, és mi a teendő. Az angol szöveg: `base/error-texts.ts`. */
export const errors: { readonly [code in ErrorCode]: { readonly what: string; readonly next: string } } = {
  usage: { what: '{{problem}}', next: 'Súgó: indabundle {{command}} --help' },
  'option-value': {
    what: 'A(z) {{option}} kapcsoló nem érti ezt: „{{found}}”. Amit vár: {{expected}}.',
    next: 'Javítsa ki a kapcsolót, és futtassa újra a parancsot.',
  },
  'output-exists': {
    what: 'Ez a fájl már létezik, és érintetlen maradt: {{path}}',
    next: 'Válasszon más nevet, vagy adja hozzá a --force kapcsolót a cseréhez.',
  },
  'output-is-input': {
    what: 'Ebből olvas a program, nem lehet felülírni: {{path}}',
    next: 'Válasszon más nevet annak, ami íródik.',
  },
  'input-not-found': {
    what: 'Itt nincs semmi: {{path}}',
    next: 'Ellenőrizze a nevet, és azt, hogy a lemez vagy a pendrive csatlakozik-e.',
  },
  'not-a-bundle': {
    what: 'Ez nem indabundle-csomag: {{path}} ({{reason}})',
    next: 'Ellenőrizze, hogy a megfelelő fájlt választotta-e, és hogy a másolás vagy letöltés befejeződött-e.',
  },
  'bundle-not-acceptable': {
    what: 'Ez a csomag nem használható: {{path}} ({{reason}}). Semmi sem változott.',
    next: 'Az összes hibát az indabundle verify mutatja meg; kérjen új példányt a küldőtől.',
  },
  'head-damaged': {
    what: 'Ez indabundle-csomag, de az eleje sérült: {{path}} ({{reason}})',
    next: 'Az indabundle verify megmutatja, mi ép belőle: az így is betölthető. A többihez kérjen új másolatot a küldőtől.',
  },
  'not-all-applicable': {
    what: 'Ez a csomag nem tölthető be hiánytalanul: {{path}}. {{record}}: {{reason}}. Ennyi ilyen van benne: {{count}}. Semmi sem változott.',
    next: 'A többihez hagyja el a --strict kapcsolót. Ami nem kép, az --allow-type kapcsolóval jön.',
  },
  'db-not-found': {
    what: 'Itt nincs adatbázis: {{path}}',
    next: 'Adja meg a --db kapcsolóval, például: --db archive/indafoto.db',
  },
  'db-not-sqlite': {
    what: 'Ez nem SQLite-adatbázis, vagy titkosított: {{path}} ({{reason}})',
    next: 'Adja meg az archívum indafoto.db fájlját a --db kapcsolóval.',
  },
  'db-no-images': {
    what: 'Ebben az adatbázisban nincs images tábla, tehát nem képarchívum: {{path}}',
    next: 'Adja meg a letöltő által írt indafoto.db fájlt a --db kapcsolóval.',
  },
  'db-columns-missing': {
    what: 'Az images táblából hiányzó oszlopok: {{columns}} ({{path}})',
    next: 'Indítsa el egyszer a letöltőt ezen az archívumon, hogy frissítse az adatbázist, majd futtassa újra.',
  },
  'db-books-unknown': {
    what: 'A(z) {{table}} táblát nem az indabundle és nem a Python szkriptek készítették, hiányzó oszlopok: {{columns}} ({{path}})',
    next: 'Nevezze át azt a táblát, hogy új készülhessen helyette, majd futtassa újra. Semmi sem változott.',
  },
  'db-id-unusable': {
    what: 'A(z) {{table}} tábla egyik sorának azonosítójával nem lehet számolni: {{found}} ({{path}})',
    next: 'Adjon annak a sornak, és annak, ami rá hivatkozik, 4503599627370496-nál kisebb egész számot azonosítónak, majd futtassa újra. Semmi sem változott.',
  },
  'db-id-twice': {
    what: 'A(z) {{table}} tábla több sorának is {{found}} az azonosítója, így nem tudni, melyikükre hivatkozik a többi: {{path}}',
    next: 'Ezt az adatbázist olyan program másolta, amely elveszti a kulcsokat. Használja az eredetit, vagy adjon minden sornak saját azonosítót, majd futtassa újra. Semmi sem változott.',
  },
  'db-counter-unusable': {
    what: 'A(z) {{table}} tábla azonosítóinak számlálója {{found}}: az új sorok olyan azonosítót kapnának, amellyel nem lehet számolni. ({{path}})',
    next: 'Állítsa vissza ezzel: sqlite3 indafoto.db "UPDATE sqlite_sequence SET seq = 0", majd futtassa újra: az SQLite a legnagyobb azonosító után folytatja. Semmi sem változott.',
  },
  'db-no-keys': {
    what: 'A(z) {{table}} tábla azonosítói nem elsődleges kulcsok, ezért az új sorok nem kapnának azonosítót: {{path}}',
    next: 'Ezt az adatbázist olyan program másolta, amely elveszti a kulcsokat. Használja az eredetit, vagy másolja a sorokat a letöltő által készített adatbázisba. Semmi sem változott.',
  },
  'db-corrupt': {
    what: 'Az adatbázis sérült: {{path}} ({{reason}})',
    next: 'Állítsa vissza egy mentésből, vagy mentse meg ezzel: sqlite3 indafoto.db ".recover". Semmi sem változott.',
  },
  'db-own-rules': {
    what: 'Az adatbázis saját szabálya állította meg a munkát: {{path}} ({{reason}})',
    next: 'Egy saját trigger, megszorítás vagy rendezés tiltja a változást, vagy csak a készítő programjával működik. Távolítsa el a szabályt, és futtassa újra ugyanezt a parancsot. A korábban beírt sorok épek.',
  },
  'db-unreadable': {
    what: 'Az adatbázis nem nyitható meg: {{path}} ({{reason}})',
    next: 'Ellenőrizze a fájl és a mappája jogosultságait.',
  },
  'db-read-only': {
    what: 'Az adatbázis nem írható: {{path}} ({{reason}})',
    next: 'Szüntesse meg a fájl és a mappája írásvédelmét, majd futtassa újra.',
  },
  'db-locked': {
    what: 'Az adatbázist egy másik program zárolta: {{what}} ({{reason}})',
    next: 'Várja meg vagy zárja be a másik programot, majd futtassa újra ugyanezt; onnan folytatja, ahol abbamaradt.',
  },
  'archive-locked': {
    what: 'Egy másik indabundle dolgozik ezen az archívumon ({{holder}}).',
    next: 'Várja meg, amíg végez, majd futtassa újra ugyanezt a parancsot.',
  },
  'output-locked': {
    what: 'Egy másik indabundle írja ezt a fájlt: {{path}} ({{holder}})',
    next: 'Várja meg, amíg végez, vagy válasszon más nevet a -o kapcsolóval.',
  },
  'photos-not-there': {
    what: 'A visszavonandó képek nincsenek itt: {{path}}',
    next: 'Ha másik lemezen vannak, csatlakoztassa, vagy adja meg a mappájukat a --root kapcsolóval. Ha végleg elvesztek, hozza létre üresen ezt a mappát, és futtassa újra. Semmi sem változott.',
  },
  'root-not-found': {
    what: 'Itt nincs olyan mappa, amelyben képek lehetnének: {{path}}',
    next: 'Adja meg az indafoto_archive mappát tartalmazó mappát a --root kapcsolóval.',
  },
  'no-space': {
    what: 'Nincs elég hely ehhez: {{what}} ({{reason}})',
    next: 'Szabadítson fel helyet, vagy válasszon másik lemezt, és futtassa újra ugyanezt. Az export a --volume-size és a --volumes kapcsolóval több pendrive-ra is szétosztható.',
  },
  'io-error': {
    what: 'Nem sikerült olvasni vagy írni: {{what}} ({{reason}})',
    next: 'Ellenőrizze a lemezt vagy a pendrive-ot és a kábelét, majd futtassa újra ugyanezt; onnan folytatja, ahol abbamaradt.',
  },
  'output-failed': {
    what: 'A szabványos kimenet nem vett át többet: {{reason}}. A rajta lévő csomag nem teljes.',
    next: 'Nézze meg, miért állt le a másik program, majd indítsa újra mindkettőt: a szabványos kimeneten a csomag elölről kezdődik.',
  },
  'write-protected': {
    what: 'Nem írható, mert a lemez írásvédett: {{what}} ({{reason}})',
    next: 'Válasszon másik helyet, vagy oldja fel az írásvédelmet (a kártya kapcsolóját, a csak olvasható csatolást), majd futtassa újra.',
  },
  'report-failed': {
    what: 'Amit a csomag hozott, az archívumban van, de a jelentést nem sikerült megírni: {{path}} ({{reason}})',
    next: 'Futtassa újra ugyanazt a parancsot, és adjon a jelentésnek más helyet: semmi sem töltődik be kétszer.',
  },
  'not-permitted': {
    what: 'A rendszer nem engedi a hozzáférést: {{what}} ({{reason}})',
    next: 'Ellenőrizze a jogosultságokat, vagy zárja be a programot, amely használja, majd futtassa újra ugyanezt.',
  },
  'file-too-large': {
    what: 'Túl nagy fájl lenne: {{what}}, {{size}}; az itteni fájlrendszerben legfeljebb {{limit}} lehet: {{path}}',
    next: 'Készítsen kisebb kötetekből álló sorozatot egy mappába: --volume-size fat32. Vagy válasszon másik lemezt.',
  },
  'file-limit-reached': {
    what: 'Ez a fájl ott nem lehet nagyobb: {{what}} ({{reason}})',
    next: 'A lemez vagy pendrive (FAT32 esetén 4 GB), vagy a rendszer beállítása ekkora fájlt nem enged. Készítsen kisebb kötetekből álló sorozatot egy mappába: --volume-size fat32. Vagy válasszon másik lemezt.',
  },
  'volume-too-small': {
    what: 'Az ekkora kötet túl kicsi: {{size}}. Ennyi fájl nem fér el egyben: {{count}} ({{files}}).',
    next: 'A legkisebb megfelelő méret: --volume-size {{smallest}}',
  },
  'series-begun': {
    what: 'Itt egy másik sorozat kötetei készülnek, e terv szerint: {{path}}. A terv érintetlen maradt.',
    next: 'A folytatáshoz adja meg ugyanazokat a kapcsolókat, mint korábban. Ha újrakezdi, adja hozzá a --force kapcsolót, vagy válasszon másik mappát a -o kapcsolóval.',
  },
  'read-back-differs': {
    what: 'Visszaolvasva nem az van a lemezen, ami ki lett írva: {{path}}, a(z) {{offset}}. bájttól.',
    next: 'A lemez vagy a pendrive hibás, vagy kisebb, mint amekkorának mondja magát. Használjon másikat, erre ne bízzon semmit.',
  },
  'list-not-found': {
    what: 'Nincs {{list}} azonosítójú lista itt: {{path}}',
    next: 'A listák: indabundle status --db "{{path}}"',
  },
  'not-a-catalog': {
    what: 'Ez nem ép katalógus: {{path}} ({{reason}})',
    next: 'Ellenőrizze, hogy a megfelelő fájlt választotta-e, és hogy a másolás vagy letöltés befejeződött-e; ha igen, kérjen újat.',
  },
  'not-a-request': {
    what: 'Ez nem ép kérés: {{path}} ({{reason}})',
    next: 'Ellenőrizze, hogy a megfelelő fájlt választotta-e, és hogy a másolás vagy letöltés befejeződött-e; ha igen, kérjen újat.',
  },
  'not-a-side': {
    what: 'Ebben a mappában nincs se kötet, se archívum: {{path}}',
    next: 'Adjon meg egy adatbázist, katalógust, csomagot vagy egy sorozat köteteit tartalmazó mappát.',
  },
  'not-a-remote': {
    what: 'Ez sem archívum adatbázisa, sem katalógus: {{path}}',
    next: 'Adja meg a másik indafoto.db fájlt vagy a kapott .indacatalog fájlt.',
  },
  'operation-not-found': {
    what: 'Nincs {{operation}} művelet ebben: {{path}}, vagy a nyilvántartása már törölve lett.',
    next: 'A műveletek listája: indabundle status --db "{{path}}"',
  },
  'id-not-found': {
    what: 'Ilyen azonosítójú művelet vagy lista nincs itt: {{path}} ({{id}}), vagy a nyilvántartása már törölve lett.',
    next: 'A műveletek és a listák: indabundle status --db "{{path}}"',
  },
  'operation-unfinished': {
    what: 'Ez még nincs kész, ezért minden marad, ami kell hozzá: {{id}}',
    next: 'Előbb fejezze be: futtassa újra a parancsot, amely elkezdte.',
  },
  interrupted: {
    what: 'Kérésére leállt. Semmi sem veszett el.',
    next: 'A folytatáshoz futtassa újra ugyanezt a parancsot.',
  },
  internal: {
    what: 'Az indabundle saját hibája: {{reason}}',
    next: 'Kérjük, jelezze a kiadott paranccsal együtt. Ami korábban elkészült, az megmaradt.',
  },
};
