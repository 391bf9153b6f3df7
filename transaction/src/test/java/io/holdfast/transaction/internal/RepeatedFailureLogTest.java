package io.holdfast.transaction.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class RepeatedFailureLogTest {

  private final VirtualTime time = new VirtualTime(1);
  private final Logger log = (Logger) LoggerFactory.getLogger("io.holdfast.trouble");
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final RepeatedFailureLog repeatedFailureLog =
      new RepeatedFailureLog(log, "the relay", time.newContext());

  RepeatedFailureLogTest() {
    told.start();
    log.setLevel(Level.INFO);
    log.addAppender(told);
  }

  @AfterEach
  void detach() {
    log.detachAppender(told);
  }

  private List<String> lines() {
    return told.list.stream()
        .map(each -> each.getLevel() + " " + each.getFormattedMessage())
        .toList();
  }

  private void failTwiceASecond(Duration length) {
    for (long half = 0; half < 2 * length.toSeconds(); half++) {
      repeatedFailureLog.failed("cannot read", new IllegalStateException("no table"));
      time.advance(Duration.ofMillis(500));
    }
  }

  @Test
  void failed_allDay_isToldAtGrowingIntervals() {
    failTwiceASecond(Duration.ofDays(1));

    assertThat(lines()).hasSizeBetween(25, 35).allMatch(line -> line.contains("no table"));
    assertThat(lines().get(0)).contains("the relay cannot read, trying on").startsWith("WARN");
    assertThat(lines().get(1)).contains("and 59 times since this was told last");
  }

  @Test
  void well_afterFailures_isToldOnce() {
    repeatedFailureLog.well("cannot read");
    assertThat(lines()).isEmpty();
    failTwiceASecond(Duration.ofSeconds(10));
    repeatedFailureLog.well("cannot read");
    repeatedFailureLog.well("cannot read");

    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains("the relay cannot read no longer, after 10 s");
    assertThat(repeatedFailureLog.isThere()).isFalse();
  }

  @Test
  void failed_otherThingsWork_isNotToldAnewEachTime() {
    for (int i = 0; i < 50; i++) {
      repeatedFailureLog.well("cannot read");
      repeatedFailureLog.failed("cannot mark", null);
      time.advance(Duration.ofMillis(500));
    }

    assertThat(lines()).hasSize(1);
  }
}
