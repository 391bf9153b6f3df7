package io.holdfast.etcd.internal.session;

import io.holdfast.etcd.internal.client.Connection;
import io.holdfast.spi.Context;
import io.holdfast.spi.SessionLife;
import java.time.Duration;

/**
 * What the parts of one session share.
 *
 * @param ttl of the session's lease
 * @param requestTimeout after which a reply counts as lost
 */
public record SessionContext(
    Connection connection,
    Context context,
    SessionLife life,
    SeenRevision seen,
    Duration ttl,
    Duration requestTimeout) {

  /** Runs {@code task} after about {@code pause}, so that many who wait do not come together. */
  public Runnable after(Duration pause, Runnable task) {
    return context.schedule(context.jittered(pause), task);
  }
}
