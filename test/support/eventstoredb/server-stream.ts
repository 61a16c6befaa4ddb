import type { RpcError } from './rpc-errors.ts';

/** The part of a gRPC server call that writes. */
type Writing<M> = {
  readonly cancelled: boolean;
  readonly writableEnded: boolean;
  readonly write: (message: M) => boolean;
  readonly end: () => unknown;
  readonly emit: (event: 'error', error: RpcError) => boolean;
  readonly on: (event: string, listener: () => void) => unknown;
};

/** A call that is written to with regard for how fast its reader is. */
export type ServerStream<M> = {
  readonly isOpen: () => boolean;
  /** Ends when the reader has room again, or is gone. */
  readonly send: (message: M) => Promise<void>;
  readonly finish: () => void;
  readonly fail: (error: RpcError) => void;
  readonly onClosed: (listener: () => void) => void;
};

export const serverStream = <M>(call: Writing<M>): ServerStream<M> => {
  let open = true;
  const closing = new Set<() => void>();
  const close = (): void => {
    open = false;
    for (const listener of closing) listener();
    closing.clear();
  };
  call.on('cancelled', close);
  call.on('close', close);
  // One listener for all who wait: hundreds may, when many answers go out at once.
  const waiting: Array<() => void> = [];
  const wakeAll = (): void => {
    for (const wake of waiting.splice(0)) wake();
  };
  call.on('drain', wakeAll);
  closing.add(wakeAll);
  const roomAgain = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  const isOpen = (): boolean => open && !call.cancelled && !call.writableEnded;
  return {
    isOpen,
    send: async (message) => {
      if (isOpen() && !call.write(message)) await roomAgain();
    },
    finish: () => {
      if (isOpen()) call.end();
      close();
    },
    fail: (error) => {
      if (isOpen()) call.emit('error', error);
      close();
    },
    onClosed: (listener) => {
      if (open) closing.add(listener);
      else listener();
    },
  };
};
