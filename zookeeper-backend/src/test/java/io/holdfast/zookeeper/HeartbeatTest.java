package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final Key QUEUE = Key.of("locks", "q");
  private static EmbeddedZooKeeper zookeeper;

  private final Clients clients = new Clients();
  private String uri = "";
  private Session session;
  private Session witness;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  @BeforeEach
  void connect() {
    uri = zookeeper.uri("heartbeat/" + UUID.randomUUID());
    session = clients.open(uri, TIMEOUT);
    witness = clients.open(uri, TIMEOUT);
  }

  @AfterEach
  void disconnect() {
    clients.close();
  }

  /** Every write of the session's, but for single places taken and left, shows here. */
  private Revision lastWrite() {
    return get(witness.list(Key.of("sessions"), Consistency.SEQUENTIAL)).entries().stream()
        .filter(entry -> entry.key().name().equals(session.id()))
        .map(Entry::modified)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void atRest_longerThanTheTimeout_writesNothingAndStaysAlive() {
    get(session.commit(Transaction.EMPTY.putForSession(Key.of("services", "s"), Payload.EMPTY)));
    Revision before = lastWrite();

    await().atMost(PATIENCE).until(() -> session.remaining().isZero());
    long proven = System.nanoTime();
    await().atMost(PATIENCE).until(() -> System.nanoTime() - proven > TIMEOUT.toNanos());

    assertThat(session.state()).isEqualTo(SessionState.ACTIVE);
    assertThat(lastWrite()).isEqualTo(before);
    assertThat(get(witness.names(Key.of("services"), Consistency.LINEARIZABLE))).contains("s");
  }

  @Test
  void join_afterARest_isProvenWithoutWaiting() {
    await().atMost(PATIENCE).until(() -> session.remaining().isZero());

    long start = System.nanoTime();
    Place place = Clients.join(session, QUEUE);
    Duration left = get(session.prove());

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.dividedBy(4));
    assertThat(left).isGreaterThan(TIMEOUT.dividedBy(3));
    get(session.leave(List.of(place)));
  }

  @Test
  void inAQueue_longerThanTheTimeout_staysProven() {
    Place place = Clients.join(session, QUEUE);
    Revision before = lastWrite();
    long start = System.nanoTime();

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(session.remaining()).isPositive();
              return System.nanoTime() - start > TIMEOUT.multipliedBy(3).dividedBy(2).toNanos();
            });

    assertThat(lastWrite()).isGreaterThan(before);
    get(session.leave(List.of(place)));
  }

  @Test
  void prove_sessionAtRest_isPositive() {
    await().atMost(PATIENCE).until(() -> session.remaining().isZero());

    assertThat(get(session.prove())).isPositive();
  }

  @Test
  void join_timeoutOfHalfATick_isRefused() {
    try (EmbeddedZooKeeper slow =
        EmbeddedZooKeeper.start(
            ServerSettings.defaults()
                .withTick(Duration.ofSeconds(3))
                .withLeastTimeout(Duration.ofMillis(1_500)))) {
      Session brief = clients.open(slow.uri("heartbeat"), Duration.ofMillis(1_500));
      assertThat(brief.timeout()).isEqualTo(Duration.ofMillis(1_500));

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThatThrownBy(
                          () -> get(brief.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY)))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("1500 ms")
                      .hasMessageContaining("3000 ms"));
      brief.close();
    }
  }
}
