package io.holdfast.zookeeper.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.SessionState;
import io.holdfast.spi.SessionLife;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProvenLifeTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final VirtualTime time = new VirtualTime(1);
  private final VirtualTime.PausableContext context = time.newContext();
  private final SessionLife life =
      new SessionLife(context, "test", time.nanoTime() + TIMEOUT.toNanos());
  private final ProvenLife proven = new ProvenLife(context, life, TIMEOUT, time.nanoTime());

  /** As many as it takes to be sure that the leader has heard of the session. */
  private void acknowledgeThrice() {
    for (int i = 0; i < 3; i++) {
      time.advance(TIMEOUT.dividedBy(4));
      proven.acknowledged(time.nanoTime());
    }
  }

  @Test
  void remaining_isNeverMoreThanIsProven() {
    acknowledgeThrice();

    assertThat(proven.remaining()).isPositive().isLessThan(life.untilDeadline());
  }

  @Test
  void doubt_whateverIsAcknowledgedLater_nothingIsCertain() {
    life.doubt();

    acknowledgeThrice();
    assertThat(proven.remaining()).isZero();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);
  }

  @Test
  void acknowledged_onlyOnTheNextConnection_endsTheSuspension() {
    proven.disconnected();
    proven.acknowledged(time.nanoTime());
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);

    proven.reconnected();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);
    proven.acknowledged(time.nanoTime());
    assertThat(life.state()).isEqualTo(SessionState.ACTIVE);
  }
}
