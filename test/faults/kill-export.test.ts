import { LONG } from './counting.ts';
import { testKills } from './kills.ts';

testKills(
  'export',
  LONG ? { calls: 'each', moments: 500, rounds: 20 } : { calls: 18, moments: 32, rounds: 1 },
);
