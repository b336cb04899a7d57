import type { demo as english } from '../en/demo.ts';

/** Amit a bemutató a lépései között mesél. */
export const demo: { readonly [key in keyof typeof english]: string } = {
  'demo.welcome':
    'Ketten gyűjtik ugyanannak a weboldalnak a képeit. Kovács Évának vannak olyan képei, amelyek Tóth Gábornak hiányoznak, és pendrive-on átviszi neki őket.',
  'demo.made': 'Itt készült el a két archívum, {{sender}} és {{receiver}} képpel:',
  'demo.step.export': '{{step}}. lépés. Éva becsomagolja, ami Gábornak hiányzik.',
  'demo.step.inspect': '{{step}}. lépés. Gábor megnézi, mi érkezett.',
  'demo.step.verify':
    '{{step}}. lépés. Ellenőrzi, hogy minden bájt épen ért-e át, és mit hozna neki a csomag.',
  'demo.step.apply': '{{step}}. lépés. Betölti az archívumába.',
  'demo.step.again': '{{step}}. lépés. Kétszer betöltve sem változik semmi.',
  'demo.status': 'kilépési kód {{status}}: {{meaning}}',
  'demo.status.0': 'kész és hiánytalan',
  'demo.status.3': 'részben kész, mert egy kép hiányzott Éva lemezéről',
  'demo.status.other': 'valami nem sikerült',
  'demo.end': 'Nézzen körül:',
  'demo.end.sender': 'Éva archívuma; csak annyi változott benne, hogy feljegyezte, mit adott tovább',
  'demo.end.receiver':
    'Gábor archívuma, immár az új képekkel, mellette az adatbázis korábbi állapotának mentése',
  'demo.end.bundle':
    'a csomag; kibontja a tar --zstd -xf, vagy trip.tar.zst néven a Windows 11 és a 7-Zip is',
  'demo.end.again': 'Újra elölről:',
};
