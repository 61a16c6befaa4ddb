/** Opens the data file named on the command line, says so, and holds it until it is killed. */
import { mustOpen } from '../../support/data-file.ts';

mustOpen(process.argv[2] ?? '');
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
