import { LONG } from './counting.ts';
import { testKills } from './kills.ts';

testKills('revert', LONG ? { calls: 'each', moments: 150, rounds: 10 } : { calls: 5, moments: 4, rounds: 1 });
