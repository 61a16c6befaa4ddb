import type { RpcError } from './rpc-errors.ts';

/** The part of a gRPC server call that writes. */
type Writing<M> = {
  readonly cancelled: boolean;
  readonly writableEnded: boolean;
  readonly write: (message: M) => boolean;
  readonly end: () => unknown;
  readonly emit: (event: 'error', error: RpcError) => boolean;
  readonly on: (event: string, listener: () => void) => unknown;
  readonly off: (event: string, listener: () => void) => unknown;
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
  let waiting: Promise<void> | undefined;
  /** One wait for all who write meanwhile. */
  const roomAgain = (): Promise<void> => {
    waiting ??= new Promise((resolve) => {
      const done = (): void => {
        waiting = undefined;
        call.off('drain', done);
        closing.delete(done);
        resolve();
      };
      call.on('drain', done);
      closing.add(done);
    });
    return waiting;
  };
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
