import * as t from 'io-ts';
import { instantCodec } from '../../event/codecs.ts';

/**
 * A node is about to carry out an effect, and no other may until then; where one process has the log alone there is no
 * such event. `effect`: what, as `lease.ts` names it. `node`: the node's name. Again for the same effect: it goes on.
 */
export const effectLeasedCodec = t.type({ effect: t.string, node: t.string, until: instantCodec });
