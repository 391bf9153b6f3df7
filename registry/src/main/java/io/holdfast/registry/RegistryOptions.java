package io.holdfast.registry;

import io.holdfast.coordination.CoordinatorOptions;
import java.time.Duration;

/**
 * How a {@link Registry} behaves.
 *
 * @param patience how long {@link Registry#register} and {@link Registration#close} wait for the
 *     cluster
 * @param auditEvery how often a registration makes sure that it is still there
 */
public record RegistryOptions(Duration patience, Duration auditEvery) {

  public RegistryOptions {
    positive("patience", patience);
    positive("time between audits", auditEvery);
  }

  /** Patient for as long as connecting may take, with an audit per session time-out. */
  public static RegistryOptions defaults(CoordinatorOptions options) {
    return new RegistryOptions(options.connectTimeout(), options.sessionTimeout());
  }

  private static void positive(String what, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("the " + what + " must be positive: " + duration);
    }
  }

  /** With another patience. */
  public RegistryOptions withPatience(Duration other) {
    return new RegistryOptions(other, auditEvery);
  }

  /** With another time between audits. */
  public RegistryOptions withAuditEvery(Duration other) {
    return new RegistryOptions(patience, other);
  }
}
