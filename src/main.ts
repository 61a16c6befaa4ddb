import { rm } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { loadSettings } from './adapters/configuration/load-configuration.ts';
import { readFile } from './adapters/configuration/read-file.ts';
import { formatConfigurationErrors } from './application/configuration-error.ts';
import { createLog, logLevelOf } from './composition/log.ts';
import type { Server } from './composition/server.ts';
import { startServer } from './composition/server.ts';
