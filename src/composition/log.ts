import type { Logger } from 'pino';
import { pino } from 'pino';
import type { Report } from '../application/saga/effect-context.ts';
import type { HttpLogEntry } from '../http/http-deps.ts';

/** What is logged, as JSON lines on standard error: `debug` every request, `info` milestones, `warn` problems, `error` faults. */
export type Log = {
  readonly report: Report;
  readonly http: (entry: HttpLogEntry) => void;
  readonly info: (message: string, details?: Readonly<Record<string, string | number>>) => void;
};

const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof levels)[number];

/** The level of `HOLDFAST_LOG_LEVEL`; `warn` where it is absent or unknown. */
export const logLevelOf = (word: string | undefined): LogLevel => levels.find((level) => level === word) ?? 'warn';

/** Callers pass no bodies, tokens or mail addresses. */
export const makeLog = (level: LogLevel, destination: Parameters<typeof pino>[1] = pino.destination(2)): Log => {
  const logger: Logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    report: ({ where, reason }) => logger.warn({ where, reason }, 'problem'),
    http: ({ type, ...entry }) => {
      switch (type) {
        case 'fault':
          return logger.error(entry, 'fault');
        case 'overloaded':
          return logger.warn(entry, 'overloaded');
        case 'outage':
          return logger.warn(entry, 'outage');
        case 'request':
          return logger.debug(entry, 'request');
      }
    },
    info: (message, details = {}) => logger.info(details, message),
  };
};
