/** Why a node must not run on the log that it was pointed at. Secrets are in none of them. */
export type InstallationRefusal =
  | { readonly type: 'OtherInstallation' }
  | { readonly type: 'OtherSecret' }
  | { readonly type: 'NodeNameTaken'; readonly node: string }
  | { readonly type: 'CalendarElsewhere'; readonly calendar: string; readonly node: string }
  | { readonly type: 'CopiedFolder'; readonly node: string };

/** One line for the operator: what does not go together, and what to do. The code at its end is stable. */
export const describeRefusal = (refusal: InstallationRefusal): string => {
  switch (refusal.type) {
    case 'OtherInstallation':
      return 'This data folder belongs to another log than the one that "store" names. Take a new data folder, or name its own log. [other_installation]';
    case 'OtherSecret':
      return 'The other nodes on this log use another secret. Give all nodes the same HOLDFAST_SECRET; to change it, stop all of them and run "holdfast store accept-secret" with the new one. [other_secret]';
    case 'NodeNameTaken':
      return `Another data folder has the name "${refusal.node}" on this log. Give each node a HOLDFAST_NODE of its own; if that folder is gone for good, run "holdfast store forget-node ${refusal.node}". [node_name_taken]`;
    case 'CalendarElsewhere':
      return `The built-in calendar "${refusal.calendar}" lies in the data folder of node "${refusal.node}". Run that node alone, move its data folder here, or use CalDAV or Google; if the folder is gone for good, run "holdfast store forget-node ${refusal.node}". [calendar_elsewhere]`;
    case 'CopiedFolder':
      return `A copy of this data folder was started on this log after this one was made or last started. Use that copy, or take a new data folder; to go on with this one, as after a restore, stop the copy and run "holdfast store forget-node ${refusal.node}". [copied_folder]`;
  }
};
