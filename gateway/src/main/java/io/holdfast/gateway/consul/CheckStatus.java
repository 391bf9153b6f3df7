package io.holdfast.gateway.consul;

import io.holdfast.registry.InstanceStatus;
import java.util.Locale;
import java.util.Optional;

/** How a check stands. Only PASSING is offered to those who ask for what passes. */
enum CheckStatus {
  PASSING,
  WARNING,
  CRITICAL;

  /** The word on the wire. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<CheckStatus> of(String word) {
    for (CheckStatus status : values()) {
      if (status.word().equals(word)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  /** What the instance says of itself while its check stands so. */
  InstanceStatus instance() {
    return this == CRITICAL ? InstanceStatus.DOWN : InstanceStatus.UP;
  }

  /** How an instance stands that has no check. */
  static CheckStatus of(InstanceStatus status) {
    return switch (status) {
      case UP -> PASSING;
      case STARTING, DRAINING, DOWN, OUT_OF_SERVICE -> CRITICAL;
    };
  }
}
