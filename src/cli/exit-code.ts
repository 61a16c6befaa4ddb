/** What every command ends with. `failed`: it was understood and could not be done. `usage`: it was not understood. */
export const exitCode = { fine: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
