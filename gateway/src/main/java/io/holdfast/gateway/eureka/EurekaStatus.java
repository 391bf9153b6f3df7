package io.holdfast.gateway.eureka;

import io.holdfast.registry.InstanceStatus;
import java.util.Optional;

/** Eureka's statuses, and ours. */
enum EurekaStatus {
  UP(InstanceStatus.UP),
  DOWN(InstanceStatus.DOWN),
  STARTING(InstanceStatus.STARTING),
  OUT_OF_SERVICE(InstanceStatus.OUT_OF_SERVICE),
  UNKNOWN(InstanceStatus.STARTING);

  private final InstanceStatus ours;

  EurekaStatus(InstanceStatus ours) {
    this.ours = ours;
  }

  InstanceStatus ours() {
    return ours;
  }

  /** Empty if it is none. */
  static Optional<EurekaStatus> parse(String text) {
    for (EurekaStatus status : values()) {
      if (status.name().equalsIgnoreCase(text)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  /** Eureka has no word for draining: the instance takes no new requests. */
  static EurekaStatus of(InstanceStatus status) {
    return switch (status) {
      case UP -> UP;
      case DOWN -> DOWN;
      case STARTING -> STARTING;
      case DRAINING, OUT_OF_SERVICE -> OUT_OF_SERVICE;
    };
  }
}
