/** The pictures of the demo: what two people collected from the same site. */

export interface DemoGroup {
  readonly id: string;
  readonly title: string;
}

export interface DemoImage {
  /** The site's number for the image. */
  readonly siteId: number;
  /** Name of the picture in `fixtures/pictures`, without `.jpg`. */
  readonly picture: string;
  readonly title: string;
  readonly author: string;
  readonly license: string;
  readonly taken: string;
  readonly tags: readonly string[];
  readonly albums?: readonly DemoGroup[];
  readonly collections?: readonly DemoGroup[];
  /** Size on the site; left out, `xl`. */
  readonly size?: 'l' | 'xl' | 'xxl';
  /** Whether the row's file is gone from the disk. */
  readonly lost?: true;
}

export interface DemoArchive {
  readonly images: readonly DemoImage[];
  readonly banned: readonly string[];
}

const TAJAK: DemoGroup = { id: '1204455', title: 'Magyar tájak' };
const FENYEK: DemoGroup = { id: '1310027', title: 'Éjjeli fények' };
const EVSZAK: DemoGroup = { id: '1187930', title: 'Négy évszak' };
const VIZ: DemoGroup = { id: '88012', title: 'Víz és tükröződés' };
const BY_SA = 'CC BY-SA 2.5 HU';
const BY_NC = 'CC BY-NC 2.5 HU';

function image(
  siteId: number,
  picture: string,
  title: string,
  author: string,
  rest: Partial<DemoImage>,
): DemoImage {
  return { siteId, picture, title, author, license: BY_SA, taken: '2011-07-23 19:42', tags: [], ...rest };
}

const SUNSET = image(1_581_205, 'balaton-sunset-1', 'Naplemente a Balatonon', 'Szűcs Márta', {
  tags: ['balaton', 'naplemente'],
  albums: [TAJAK],
  collections: [VIZ],
});
const AUTUMN = image(1_602_118, 'autumn-forest-1', 'Őszi erdő a Zemplénben', 'Őry Ákos', {
  taken: '2010-10-17 11:05',
  tags: ['ősz', 'erdő'],
  albums: [EVSZAK],
});
const MIST = image(1_644_871, 'misty-hills-8', 'Köd a Mátra fölött', 'vándor_fotós', {
  taken: '2012-03-04',
  size: 'xxl',
  tags: ['köd', 'hegy'],
});
const SNOW = image(1_650_412, 'snowy-forest-1', 'Hófödte fenyves, Kékestető', 'vándor_fotós', {
  taken: '2012-01-29 09:15',
  tags: ['hó', 'tél'],
  albums: [EVSZAK],
});

/** Kovács Éva's: twelve images, one of them lost since it was downloaded. */
export const SENDER: DemoArchive = {
  banned: [],
  images: [
    SUNSET,
    AUTUMN,
    MIST,
    SNOW,
    image(1_577_930, 'poppy-field-1', 'Pipacsmező Etyeknél 🌺', 'Szűcs Márta', {
      tags: ['virág', 'pipacs'],
      albums: [TAJAK],
    }),
    image(1_577_931, 'poppy-field-4', 'Pipacsok, közelebbről', 'Szűcs Márta', {
      tags: ['virág', 'makró'],
      lost: true,
    }),
    image(1_693_350, 'lavender-rows-1', 'Levendula Tihanyban', 'Nagy-Kőszegi Réka', {
      license: BY_NC,
      tags: ['levendula', 'balaton'],
      albums: [TAJAK],
    }),
    image(1_700_204, 'snowy-forest-6', 'Zúzmara', 'Nagy-Kőszegi Réka', {
      taken: '2012-12-08',
      license: BY_NC,
      tags: ['hó'],
    }),
    image(1_713_666, 'starry-night-1', 'Tejút a Bükkben', 'Őry Ákos', {
      taken: '2013-08-12 23:58',
      tags: ['éjszaka', 'csillagok'],
      albums: [FENYEK],
    }),
    image(1_720_015, 'bridge-at-night-1', 'Lánchíd hajnalban', 'balatoni_béla', {
      taken: '2013-09-01 05:10',
      tags: ['Budapest', 'híd', 'éjszaka'],
      albums: [FENYEK],
      collections: [VIZ],
    }),
    image(1_720_016, 'church-tower-1', 'Templomtorony alkonyatkor', 'balatoni_béla', { tags: ['templom'] }),
    image(1_733_900, 'sunflower-1', 'Napraforgó AKCIÓ!!!', 'reklám_pista', {
      tags: ['virág'],
      license: 'Unknown',
    }),
  ],
};

/** Tóth Gábor's: three of the same, one of them smaller and one lost, and one that Éva lacks. */
export const RECEIVER: DemoArchive = {
  banned: ['reklám_pista'],
  images: [
    SUNSET,
    AUTUMN,
    { ...MIST, picture: 'misty-hills-1', size: 'l' },
    { ...SNOW, lost: true },
    image(1_590_777, 'balaton-sunset-5', 'Vitorlás az esti tavon', 'Szűcs Márta', {
      tags: ['balaton', 'vitorlás'],
    }),
  ],
};
