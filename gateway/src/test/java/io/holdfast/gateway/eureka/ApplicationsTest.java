package io.holdfast.gateway.eureka;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.gateway.ServiceState;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ApplicationsTest {

  private static final class SettableClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final SettableClock clock = new SettableClock();
  private final AtomicLong monotonic = new AtomicLong(-5_000);
  private final Applications applications = new Applications(clock, monotonic::get);

  private static ServiceState state() {
    ServiceInstance one = ServiceInstance.http("web", "web-1", "10.0.0.1", 80);
    return new ServiceState(
        "web",
        2,
        new ServiceSnapshot(
            "web",
            new Revision(9),
            Freshness.LIVE,
            List.of(new RegisteredInstance(one, new Revision(7))),
            Instant.EPOCH));
  }

  private String delta() {
    return applications.delta(Format.JSON).orElseThrow().toString();
  }

  @Test
  void delta_clockIsSetForward_hasWhatChangedJustNow() {
    applications.show(state());

    clock.now = clock.now.plus(Duration.ofHours(1));

    assertThat(delta()).contains("web-1");
  }

  @Test
  void delta_nothingChanges_isWrittenOnce() {
    applications.show(state());

    Buffer first = applications.delta(Format.JSON).orElseThrow();

    assertThat(applications.delta(Format.JSON).orElseThrow()).isSameAs(first);
    monotonic.addAndGet(Duration.ofMinutes(3).toMillis() + 1);
    assertThat(applications.delta(Format.JSON).orElseThrow()).isNotEqualTo(first);
  }

  @Test
  void find_amongOthers_isTheOneOfThatId() {
    applications.show(state());

    assertThat(applications.find("WEB", "web-1")).isPresent();
    assertThat(applications.find("WEB", "web-")).isEmpty();
    assertThat(applications.find("WEB", "web-10")).isEmpty();
    assertThat(applications.find("web-1")).isPresent();
  }

  @Test
  void delta_threeMinutesLater_hasNothing() {
    applications.show(state());

    monotonic.addAndGet(Duration.ofMinutes(3).toMillis() + 1);

    assertThat(delta()).doesNotContain("web-1");
  }
}
