package io.holdfast.registry;

import io.holdfast.coordination.CoordinatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a {@link Registry} behaves.
 *
 * @param patience how long {@link Registry#register} and {@link Registration#close} wait for the
 *     cluster
 * @param auditEvery how often a registration checks that it is still in the cluster; each interval
 *     is three to five quarters of it, so that a fleet does not ask all at once
 * @param protection against the disappearance of many instances at once
 * @param cache a folder where views keep their last snapshot, to start from when the cluster cannot
 *     be reached; one per cluster, namespace and format. Processes of one user may share it
 */
public record RegistryOptions(
    Duration patience, Duration auditEvery, Protection protection, Optional<Path> cache) {

  private static final Duration ORDINARY_SESSION = Duration.ofSeconds(10);

  public RegistryOptions {
    positive("patience", patience);
    positive("time between audits", auditEvery);
  }

  /** With the protection that goes with a session of ten seconds, and no cache. */
  public RegistryOptions(Duration patience, Duration auditEvery) {
    this(patience, auditEvery, Protection.forSession(ORDINARY_SESSION), Optional.empty());
  }

  /** The patience is the connect time-out, with an audit per session time-out. */
  public static RegistryOptions defaults(CoordinatorOptions options) {
    Duration session = options.sessionTimeout();
    return new RegistryOptions(
        options.connectTimeout(), session, Protection.forSession(session), Optional.empty());
  }

  static void positive(String what, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("the " + what + " must be positive: " + duration);
    }
  }

  /** With another patience. */
  public RegistryOptions withPatience(Duration other) {
    return new RegistryOptions(other, auditEvery, protection, cache);
  }

  /** With another time between audits. */
  public RegistryOptions withAuditEvery(Duration other) {
    return new RegistryOptions(patience, other, protection, cache);
  }

  /** With another protection. */
  public RegistryOptions withProtection(Protection other) {
    return new RegistryOptions(patience, auditEvery, other, cache);
  }

  /** With a folder for the last snapshots of views; it is created when needed. */
  public RegistryOptions withCache(Path folder) {
    return new RegistryOptions(patience, auditEvery, protection, Optional.of(folder));
  }
}
