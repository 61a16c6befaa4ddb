import { givenSharedKeys } from '../../adapters/identity/given-shared-keys.ts';
import { apiKeysContract } from './api-keys-contract.ts';

apiKeysContract('in the log (EventStoreDB stand-in)', givenSharedKeys);
