import { bench } from './bench.ts';

// Ends by way of `exit`, where the folders of the runs are deleted.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await bench(process.argv.slice(2), (text) => console.log(text));
