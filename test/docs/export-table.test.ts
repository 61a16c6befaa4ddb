import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { csvColumns } from '../../src/projections/audit/booking-csv.ts';
import { projectFolder } from '../support/source-files.ts';

it('given docs/audit.md, then it says of each column of the table what it means, in their order', () => {
  const page = readFileSync(join(projectFolder, 'docs/audit.md'), 'utf8');
  const [, table = ''] = /^\| column +\| meaning +\|\n\| -[^\n]*\n((?:\|[^\n]*\n)+)/m.exec(page) ?? [];
  const named = [...table.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(named).toEqual([...csvColumns]);
});
