import { LONG } from './counting.ts';
import { testKills } from './kills.ts';

testKills(
  'apply',
  LONG ? { calls: 'each', moments: 500, rounds: 20 } : { calls: 14, moments: 24, rounds: 1 },
);
