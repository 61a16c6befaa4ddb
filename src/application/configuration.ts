import type { Host } from '../domain/bookable/host.ts';
import type { WebhookTrigger } from './notifications/plan.ts';
import type { Mailbox } from './ports/delivery.ts';
import type { Secret } from './secret.ts';

/** `subject`: the user a service account acts for (domain-wide delegation). `privateKey`: PEM. */
export type GoogleCredentials =
  | {
      readonly type: 'oauth';
      readonly clientId: string;
      readonly clientSecret: Secret;
      readonly refreshToken: Secret;
    }
  | {
      readonly type: 'service-account';
      readonly clientEmail: string;
      readonly privateKey: Secret;
      readonly subject: string | null;
    };

/** `label` is what people see. `calendarName` null: `url` is the calendar itself. `ca`: PEM, null for Node's own authorities. */
export type CalendarSettings =
  | { readonly type: 'local'; readonly id: string; readonly label: string }
  | {
      readonly type: 'caldav';
      readonly id: string;
      readonly label: string;
      readonly url: string;
      readonly username: string;
      readonly password: Secret;
      readonly calendarName: string | null;
      readonly ca: string | null;
    }
  | {
      readonly type: 'google';
      readonly id: string;
      readonly label: string;
      /** Google's calendar id: `primary` or an address. */
      readonly calendar: string;
      readonly credentials: GoogleCredentials;
      /** Instead of Google's own addresses; for a stand-in. */
      readonly rootUrl: string | null;
      readonly tokenUrl: string | null;
    };

/** `hostIds` null: every host. */
export type WebhookSettings = {
  readonly id: string;
  readonly url: string;
  readonly secret: Secret | null;
  readonly triggers: ReadonlyArray<WebhookTrigger>;
  readonly hostIds: ReadonlyArray<string> | null;
  readonly active: boolean;
};

/** `tls` from the first byte (port 465), `starttls` demanded, `none` for a relay on the same machine or network. */
export type SmtpSecurity = 'tls' | 'starttls' | 'none';

export type MailSettings =
  | { readonly type: 'folder'; readonly from: Mailbox }
  | {
      readonly type: 'smtp';
      readonly from: Mailbox;
      readonly host: string;
      readonly port: number;
      readonly security: SmtpSecurity;
      /** PEM; null for Node's own authorities. */
      readonly ca: string | null;
      readonly login: { readonly user: string; readonly password: Secret } | null;
    };

/** Milliseconds: first wait, longest wait, and how long after the first attempt the last one may be made. */
export type RetrySettings = { readonly baseMs: number; readonly capMs: number; readonly deadlineMs: number };

/** All in milliseconds. */
export type Timings = {
  /** How long a failed calendar waits for the others before anybody is told. */
  readonly settleWindowMs: number;
  /** How long `POST /v2/bookings` waits for the decision when the client names no time of its own. */
  readonly answerWaitMs: number;
  readonly calendarTimeLimitMs: number;
  readonly conferencingTimeLimitMs: number;
  readonly mailTimeLimitMs: number;
  readonly webhookTimeLimitMs: number;
  /** For how long a node has an effect for itself, where several share a log. */
  readonly leaseMs: number;
};

/** Which engine holds the log. `caFile`: path of a PEM file, null for the authorities that the connection string or Node knows. */
export type StoreSettings =
  | { readonly type: 'embedded' }
  | {
      readonly type: 'eventstoredb';
      readonly connectionString: Secret;
      readonly caFile: string | null;
      /** Before the names of all streams in the database, which others may use too. */
      readonly streamPrefix: string;
      /** Milliseconds that a start waits for a leader. */
      readonly startWaitMs: number;
    };

export type Configuration = {
  /** Origin and path in links of mails, without a slash at the end; null: the address the server listens on. */
  readonly publicUrl: string | null;
  readonly guestActions: 'open' | 'token';
  /** The server's secret where the file refers to one; null: HOLDFAST_SECRET, else one that is made. */
  readonly secret: Secret | null;
  readonly store: StoreSettings;
  readonly hosts: ReadonlyArray<Host>;
  readonly calendars: ReadonlyArray<CalendarSettings>;
  readonly webhooks: ReadonlyArray<WebhookSettings>;
  readonly mail: MailSettings;
  readonly conferencing: { readonly jitsi: { readonly baseUrl: string } | null };
  readonly timings: Timings;
  readonly retries: { readonly calendar: RetrySettings; readonly mail: RetrySettings; readonly webhook: RetrySettings };
  /** `requestsPerMinute` null: the default, which depends on who can reach the server. */
  readonly limits: { readonly bodyBytes: number; readonly requestsPerMinute: number | null };
};
