import { calm, contractUnder, type Disturbance } from './disturbed-engine.ts';

const leaders: ReadonlyArray<Disturbance> = [calm, calm, calm, (standIn) => standIn.changeLeader()];

contractUnder('leader change', 3, { write: leaders, subscribe: leaders });
