import type { words as english } from '../en/words.ts';

/** A könyvtár minden szavának egy szövege: szakaszok, kimenetelek, okok, megjegyzések. */
export const words: { readonly [key in keyof typeof english]: string } = {
  yes: 'Igen',
  no: 'Nem',

  'phase.compare': 'Összevetés',
  'phase.plan': 'Tervezés',
  'phase.pack': 'Csomagolás',
  'phase.sync': 'Lemezre írás',
  'phase.read': 'Olvasás',
  'phase.check': 'Ellenőrzés',
  'phase.backup': 'Mentés',
  'phase.decide': 'Keresés',
  'phase.apply': 'Betöltés',
  'phase.revert': 'Visszavonás',
  'phase.remove': 'Fájlok törlése',
  'phase.finish': 'Befejezés',

  'outcome.added': 'új',
  'outcome.present': 'megvolt',
  'outcome.restored': 'helyreállított',
  'outcome.conflict': 'ütközés',
  'outcome.banned': 'tiltott',
  'outcome.metadata-only': 'csak adat',
  'outcome.failed': 'sikertelen',
  'meaning.added': 'eddig nem volt itt: a kép és minden adata',
  'meaning.present': 'már megvan itt, ugyanezzel a képpel',
  'meaning.restored': 'itt is szerepel, de a képfájlja hiányzott vagy sérült',
  'meaning.conflict': 'itt más képpel szerepel',
  'meaning.conflict.keep-local': 'itt más képpel szerepel: az Öné marad',
  'meaning.conflict.larger': 'itt más képpel szerepel: a weboldal szerint nagyobb lesz érvényes',
  'meaning.conflict.take-remote':
    'itt más képpel szerepel: a csomagé lesz érvényes, az Öné is a lemezen marad',
  'meaning.conflict.keep-both': 'itt más képpel szerepel: mindkettő megmarad',
  'meaning.banned': 'itt letiltott szerzőtől való: kimarad',
  'meaning.metadata-only': 'kép nélkül érkezett, és itt nem ismert: kimarad',
  'meaning.failed': 'nem lehetett átvenni',

  'omission.bySender': 'a küldő kihagyta: {{why}}',
  'omission.missing': 'nincs ott, ahol az adatbázis szerint lennie kellene',
  'omission.unreadable': 'nem olvasható',
  'omission.changed': 'megváltozott a csomagolás közben',
  'omission.mismatch': 'nem egyezik a lenyomatával: sérült vagy lecserélték',
  'omission.too-large': 'túl nagy (legalább 8 GiB, vagy 1 MiB-nál több adat róla)',
  'omission.unknown': 'kérték, de a küldő nem ismeri',
  'omission.no-file': 'a küldő ismeri, de sohasem töltötte le',

  'notice.columns-left-behind': 'Az adatbázis ezen oszlopai nem utaznak: {{columns}}.',
  'notice.archive-write-protected':
    'Az archívum írásvédett, ezért ez az export nem kerül bele a nyilvántartásába.',
  'notice.database-copied':
    'Az adatbázis olvasásához ideiglenes másolat készült, mert a saját mappájába nem lehet írni: {{path}}',
  'error.room': '{{needed}} kell, {{free}} szabad',
  'notice.keys-made':
    'Az adatbázisban az azonosítók nem elsődleges kulcsok: olyan program másolta, amely elveszti a kulcsokat. Az olvasáshoz ideiglenes másolat készült, kulcsokkal. {{path}}',
  'notice.wal-files-left': 'Az SQLite -wal és -shm fájlokat hagyhat az olvasott adatbázis mellett: {{path}}',
  'notice.backup-made': 'Biztonsági mentés az adatbázisról: {{path}}',
  'notice.nothing-selected': 'Az archívumban semmi sem felel meg a kérésnek.',
  'notice.bundle-damaged':
    'A csomag sérült; az elveszett képek hiányzónak számítanak (lásd: verify): {{path}}',
  'notice.list-rows-unclear':
    'A lista képet nem megnevező sorai (lásd: analyze --list-id): {{count, number}}',
  'notice.never-downloaded':
    'Itt sohasem letöltött képek, amelyekből ezért semmi sem utazik: {{count, number}}',
  'notice.stray-file': 'Nem a csomag része, kihagyva: {{name}}',
  'notice.waiting-for-lock': 'Egy másik program éppen az adatbázisba ír; várakozás rá: {{path}}',
  'notice.resuming': 'Folytatás onnan, ahol egy korábbi futás abbamaradt (művelet: {{operation}}).',
  'notice.already-applied': 'Ez a csomag már be volt töltve; csak a hiányzók készülnek el.',
  'notice.text-repaired':
    'Semmilyen programmal nem olvasható karakterek nélkül, vagy a helyükön � jellel utazó szövegek: {{count, number}}',
  'notice.archive-without-keys':
    'Ez az exportálás nem kerül be az adatbázisba: a(z) {{table}} tábla azonosítói nem elsődleges kulcsok. {{path}}',
  'notice.values-left-out':
    'Kimaradt értékek, amelyeket csomag nem szállíthat (262 144 karakternél hosszabb, nem szöveg, nem webcím, egy képnek 2000-nél több címkéje, albuma, gyűjteménye vagy jegyzete): {{count, number}}',
  'notice.level-slow': 'A {{level}} tömörítési szint lassú, és a fényképek alig lesznek kisebbek tőle.',
  'notice.no-links':
    'Az archívum lemeze nem ismeri a hivatkozásokat (FAT, exFAT); a fájlok más biztonságos módon kerülnek a helyükre.',
  'notice.bundle-not-removed':
    'Minden benne lévő kép az archívumban van, de a csomagot nem lehetett törölni: {{path}} ({{reason}})',
  'notice.bundle-kept':
    'A csomag nem lett törölve, mert ennyi képe eltér az Önétől, és csak benne van meg: {{count, number}}. Adja meg az --on-conflict kapcsolóval, mi legyen velük, vagy törölje a csomagot maga: {{path}}',
  'notice.plan-kept':
    'A hátralévő kötetek ({{volumes}}) terve itt marad; bizalmas, mert az Ön lemezének mappáit nevezi meg: {{path}}',
  'notice.checked-in-memory':
    'Visszaolvasva és összehasonlítva, de talán csak a rendszer memóriájából: ezen a lemezen nem lehet megkerülni ({{path}}).',
  'notice.larger-available':
    'Ennyi ütközésnél a csomag képe a nagyobb: {{count, number}}. Átvételük: --on-conflict larger.',
  'notice.authors-refused':
    'Az adatbázis saját szabályai (trigger vagy megszorítás) miatt ennyi szerző adatai vagy kedvenc jelölése kimaradt: {{count, number}}. A képeiket ez nem érinti.',
  'notice.own-photos-missing':
    'Az adatbázisban szereplő képek közül egy sincs itt. Ha másik lemezen vannak, álljon meg, csatlakoztassa, vagy adja meg a mappájukat a --root kapcsolóval: {{path}}',
  'notice.own-photos-believed':
    'Az adatbázisban szereplő képek közül egy sincs itt, ezért az adatbázis számít. Ha másik lemezen vannak, csatlakoztassa, vagy adja meg a mappájukat a --root kapcsolóval: {{path}}',
  'notice.photo-folder-missing':
    'A másik archívum képei nincsenek itt, ezért az adatbázisa számít; az elveszett képei nem derülnek ki: {{path}}',
  'notice.personal-left-behind':
    'A csomagban lévő jegyzetek, jelölések és kedvencek személyesek, ezért kimaradtak.',
};
