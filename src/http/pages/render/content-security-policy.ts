import { createHash } from 'node:crypto';
import { REFRESH_SCRIPT } from './refresh-script.ts';
import { STYLE } from './style.ts';

const hashOf = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/**
 * Content Security Policy Level 3: our one style sheet and our one script by their hashes, `fetch` of our own pages for
 * that script, forms to ourselves. Nothing else: no other origin, no image, no frame around it.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(REFRESH_SCRIPT)}`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
