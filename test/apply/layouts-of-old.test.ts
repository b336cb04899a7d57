import { describePairs } from '../support/schema-pairs.ts';

describePairs(['upgraded', 'upgraded-without-wal', 'oldest', 'first', 'python-sync-without-wal']);
