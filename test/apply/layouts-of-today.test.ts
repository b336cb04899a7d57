import { describePairs } from '../support/schema-pairs.ts';

describePairs(['today', 'today-without-wal', 'no-optional', 'no-author-details', 'python-sync']);
