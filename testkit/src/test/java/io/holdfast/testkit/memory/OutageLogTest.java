package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.SessionState;
import io.holdfast.testkit.contract.LogCapture;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** An outage is three kinds of lines in the log, however long it lasts. */
@Isolated("counts what the whole process logs")
final class OutageLogTest {

  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();
  private static final Duration HOUR = Duration.ofHours(1);

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private final LogCapture log = new LogCapture();
  private final Coordinator coordinator =
      Coordinator.start(cluster.client("client", OPTIONS), OPTIONS, "the cluster");

  @AfterEach
  void close() {
    log.close();
  }

  private List<String> told() {
    return log.messages("io.holdfast", Level.INFO);
  }

  private void awaitState(SessionState state) {
    assertThat(
            time.runUntil(
                () -> coordinator.current().filter(now -> now.state() == state).isPresent(), HOUR))
        .isTrue();
  }

  private void expectTold(String... patterns) {
    List<String> told = told();
    assertThat(told).hasSize(patterns.length);
    for (int i = 0; i < patterns.length; i++) {
      assertThat(told.get(i)).matches(Pattern.compile(patterns[i]));
    }
  }

  @Test
  void outage_ofMinutes_isALineABeginningAMinuteAndAnEnd() {
    awaitState(SessionState.ACTIVE);
    expectTold("session m1 with the cluster is open; it lasts 10 s without an answer");

    cluster.cut("client");
    awaitState(SessionState.SUSPENDED);
    time.advance(Duration.ofMinutes(3));
    cluster.heal("client");
    awaitState(SessionState.ACTIVE);

    expectTold(
        "session m1 .*",
        "no answer from the cluster: session m1 is lost in [0-9.]+ s unless one comes",
        "still no session with the cluster that answers after 1 min: the memory cluster does.*",
        "still no session with the cluster that answers after 2 min: the memory cluster does.*",
        "still no session with the cluster that answers after 3 min: the memory cluster does.*",
        "session m2 with the cluster is open after 3 min [0-9]+ s, in which session m1 was lost:"
            + " DEADLINE_PASSED");
    assertThat(log.events("io.holdfast", Level.WARN)).hasSize(5);
  }

  @Test
  void outage_shorterThanTheSession_isABeginningAndAnEnd() {
    awaitState(SessionState.ACTIVE);

    cluster.cut("client");
    awaitState(SessionState.SUSPENDED);
    cluster.heal("client");
    awaitState(SessionState.ACTIVE);
    time.advance(HOUR);

    expectTold(
        "session m1 .*",
        "no answer from the cluster: session m1 is lost in .*",
        "the cluster answers again after [0-9.]+ m?s: session m1 goes on");
  }

  @Test
  void outages_againAndAgain_areALineAMinute() {
    awaitState(SessionState.ACTIVE);

    for (int i = 0; i < 30; i++) {
      cluster.cut("client");
      awaitState(SessionState.SUSPENDED);
      cluster.heal("client");
      awaitState(SessionState.ACTIVE);
    }
    time.advance(HOUR);

    List<String> told = told();
    assertThat(told.get(1)).startsWith("no answer from the cluster: session m1 is lost in");
    assertThat(told.get(2)).startsWith("the cluster answers again after");
    assertThat(told.subList(3, told.size()))
        .isNotEmpty()
        .allMatch(
            line -> line.matches("the cluster was away [0-9]+ more times within a minute, .*"))
        .as("of 30 outages")
        .hasSizeLessThan(6);
  }

  @Test
  void outage_fromTheStart_isToldWithTheReason() {
    cluster.cut("client");
    time.advance(Duration.ofSeconds(90));
    cluster.heal("client");
    awaitState(SessionState.ACTIVE);

    expectTold(
        "no session with the cluster yet, trying again: the memory cluster does not answer client",
        "still no session with the cluster that answers after 1 min: .*",
        "session m1 with the cluster is open after 1 min [0-9]+ s");
  }

  @Test
  void loss_withoutAnOutage_isALossAndAnOpening() {
    awaitState(SessionState.ACTIVE);
    String first = coordinator.current().orElseThrow().id();

    cluster.expire(first);
    assertThat(
            time.runUntil(
                () -> coordinator.current().filter(now -> !now.id().equals(first)).isPresent(),
                HOUR))
        .isTrue();

    assertThat(told().get(1)).matches("session m1 with the cluster is lost: [A-Z_]+; opening.*");
    assertThat(told()).hasSize(3);
  }
}
