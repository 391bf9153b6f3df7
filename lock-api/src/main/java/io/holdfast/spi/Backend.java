package io.holdfast.spi;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.UnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A cluster as one backend reaches it. Opens sessions one after another; all share a context. */
public interface Backend extends AutoCloseable {

  /** The serial context of this backend and of all its sessions. */
  Context context();

  /**
   * Opens a session and publishes its presence key {@code sessions/<id>}.
   *
   * @return fails with {@link UnavailableException} if that could not be done within the connect
   *     time-out; then nothing is left behind that does not expire
   */
  CompletableFuture<Session> openSession(Owner owner);

  /**
   * Opens what reads without leaving anything in the cluster, for those who only look. A backend
   * that cannot reads by way of a session.
   *
   * @param owner as for {@link #openSession}
   * @return fails as {@link #openSession} does
   */
  default CompletableFuture<? extends ReadAccess> openReader(Owner owner) {
    return openSession(owner);
  }

  /**
   * Looks at the servers themselves: whether each can be reached, its version against those with
   * known faults, how the cluster is made up, whether the namespace is open to everybody. For
   * {@link io.holdfast.admin.Doctor}; needs no session.
   *
   * @return the findings, at most the connect time-out later; what cannot be found out is a finding
   *     too. Completes on any thread
   */
  default CompletableFuture<List<Finding>> examine() {
    return CompletableFuture.completedFuture(List.of());
  }

  /** Frees connections and threads, the context's last. Sessions are closed before. Idempotent. */
  @Override
  void close();
}
