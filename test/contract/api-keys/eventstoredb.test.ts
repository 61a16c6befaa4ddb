import { givenLoggedKeys } from '../../adapters/identity/given-logged-keys.ts';
import { apiKeysContract } from './api-keys-contract.ts';

apiKeysContract('in the log (EventStoreDB stand-in)', givenLoggedKeys);
