import { object } from '../../../domain/decoding/codec.ts';
import { literal } from '../../../domain/decoding/values.ts';
import { defineProvider, entry } from '../provider.ts';

/** The built-in calendar: rows of the data file. */
export const localProvider = defineProvider({
  settings: () => object({ type: literal('local'), ...entry }),
  addressOf: () => 'built in',
  connect: async ({ id }, { local }) => local.calendar(id),
  builtIn: true,
});
