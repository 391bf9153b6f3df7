package io.holdfast.spring.actuate;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.SessionState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The session with the store: UP while it is active, UNKNOWN otherwise. Never DOWN: an outage of
 * the store would take every instance of every service out of rotation, or restart them, which
 * helps nobody.
 */
public final class SessionHealth implements HealthIndicator {

  private final Coordinator coordinator;

  /** Of {@code coordinator}. */
  public SessionHealth(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public Health health() {
    String state = state(coordinator);
    Health.Builder health =
        state.equals(SessionState.ACTIVE.name()) ? Health.up() : Health.unknown();
    health.withDetail("store", coordinator.toString()).withDetail("session", state);
    coordinator
        .whyNoSession()
        .ifPresent(why -> health.withDetail("reason", String.valueOf(why.getMessage())));
    return health.build();
  }

  /** {@code NONE} if there is no session. */
  static String state(Coordinator coordinator) {
    return coordinator.current().map(session -> session.state().name()).orElse("NONE");
  }
}
