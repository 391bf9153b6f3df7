package io.holdfast.lock;

import java.util.concurrent.CompletableFuture;

/** A hold for writing that may become one for reading. */
public interface WriteGrant extends LockGrant {

  /**
   * Goes on as a reader: other readers may come in, and no writer has been or will be in between.
   * The hold stays the same, its token too, which is therefore smaller than that of every later
   * writer; so what was written must be finished before this is called. There is no way back.
   *
   * <p>Idempotent. Of a hold that has ended it does nothing.
   *
   * @return completes when the cluster knows, or when the session has ended and the hold with it;
   *     never fails
   */
  CompletableFuture<Void> downgrade();
}
