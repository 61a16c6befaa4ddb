/**
 * Preloaded into a measured server: tells its parent, when asked, what it has used, and ends with it. Costs nothing in
 * between.
 */
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, residentBytes: process.memoryUsage.rss() });
});
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
