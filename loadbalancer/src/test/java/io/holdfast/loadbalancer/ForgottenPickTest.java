package io.holdfast.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.holdfast.loadbalancer.internal.feedback.EndpointSet;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A pick that nobody ends is given back, and told of. */
final class ForgottenPickTest {

  /** Other tests forget picks, too. */
  private static final String ID = "forgotten-here";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final VirtualTime time = new VirtualTime();
  private final LoadBalancer balancer =
      new LoadBalancer(
          Snapshots.of(Snapshots.instance(ID)), Policy.leastRequest(), time, RandomSource.FAIR);
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final Logger logger =
      (Logger) LoggerFactory.getLogger(LoadBalancer.class.getPackageName());
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getFormattedMessage().contains(ID)) {
            warnings.add(
                event.getLevel()
                    + " "
                    + event.getFormattedMessage()
                    + " "
                    + ThrowableProxyUtil.asString(event.getThrowableProxy()));
          }
        }
      };

  @BeforeEach
  void listen() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(appender);
  }

  private int active() {
    return balancer.statistics().get(0).active();
  }

  private static String forgetOneOf(LoadBalancer balancer) {
    return balancer.pick().orElseThrow().instance().id();
  }

  @Test
  void pick_forgotten_isGivenBackAndToldOfWithWhereItWasTaken() {
    assertThat(forgetOneOf(balancer)).isEqualTo(ID);
    assertThat(active()).isEqualTo(1);

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              System.gc();
              return active() == 0;
            });

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("WARN a pick of s/" + ID + " was never ended")
        .contains("ForgottenPickTest.forgetOneOf");
  }

  @Test
  void pick_ended_isNotToldOf() {
    balancer.pick().orElseThrow().success();
    try (Pick pick = balancer.pick().orElseThrow()) {
      assertThat(pick.instance().id()).isEqualTo(ID);
    }
    System.gc();

    assertThat(active()).isZero();
    assertThat(warnings).isEmpty();
  }

  /** Not all are watched; the others count for so long only. */
  @Test
  void pick_notEndedForAnHour_countsNoMore() {
    Pick watched = balancer.pick().orElseThrow();
    List<Pick> kept = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 5; i++) {
      kept.add(balancer.pick().orElseThrow());
    }
    time.pass(EndpointSet.ERA);
    balancer.pick().orElseThrow().success();
    assertThat(active()).isEqualTo(6);
    time.pass(EndpointSet.ERA);

    balancer.pick().orElseThrow().success();

    assertThat(active()).isZero();
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("6 requests to s/" + ID + " were picked more than 30 min ago and have not ended");
    kept.forEach(Pick::success);
    watched.close();
    assertThat(active()).as("late, and not counted twice").isZero();
    assertThat(balancer.statistics().get(0).successes()).isEqualTo(7);
  }
}
