import { LONG } from './counting.ts';
import { testKills } from './kills.ts';

testKills('revert', LONG ? { calls: 'each', moments: 150, rounds: 10 } : { calls: 8, moments: 5, rounds: 1 });
