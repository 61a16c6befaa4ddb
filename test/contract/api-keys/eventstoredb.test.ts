import { givenLoggedKeys } from '../../adapters/keys/given-logged-keys.ts';
import { apiKeysContract } from './api-keys-contract.ts';

apiKeysContract('in the log (EventStoreDB stand-in)', givenLoggedKeys);
