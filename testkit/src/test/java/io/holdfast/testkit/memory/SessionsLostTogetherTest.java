package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many processes lose their sessions for one reason: they come back, and not all at once. */
final class SessionsLostTogetherTest {

  private static final int CLIENTS = 200;
  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();
  private static final Duration SPREAD = OPTIONS.sessionTimeout().dividedBy(20);
  private static final Duration TRIPS = Duration.ofMillis(50);

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);

  @Test
  void nextSessions_areOpenedSpreadOverAPartOfTheTimeout() {
    List<Coordinator> clients = IntStream.range(0, CLIENTS).mapToObj(this::client).toList();
    List<Session> first = sessions(clients);
    long[] lost = new long[CLIENTS];
    long[] opened = new long[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      first.get(i).lost().thenRun(() -> lost[client] = time.nanoTime());
      clients
          .get(i)
          .onSession(
              session -> {
                if (!session.equals(first.get(client))) {
                  opened[client] = time.nanoTime();
                }
              });
    }
    first.forEach(session -> cluster.expire(session.id()));

    time.advance(OPTIONS.sessionTimeout().multipliedBy(2));

    List<Long> pauses =
        IntStream.range(0, CLIENTS).mapToObj(i -> opened[i] - lost[i]).sorted().toList();
    assertThat(pauses.get(0)).isNotNegative();
    assertThat(pauses.get(CLIENTS - 1)).isLessThan(SPREAD.plus(TRIPS).toNanos());
    long tenth = SPREAD.dividedBy(10).toNanos();
    for (long from = 0; from < SPREAD.toNanos(); from += tenth) {
      long begin = from;
      assertThat(pauses).filteredOn(p -> p >= begin && p < begin + tenth).hasSizeLessThan(50);
    }
  }

  @Test
  void waiterThatLosesItsSessionToo_hasItsTurnWithinThatPart() {
    Coordinator holder = client(0);
    Coordinator waiter = client(1);
    List<Session> first = sessions(List.of(holder, waiter));
    CompletableFuture<LockGrant> held = new Locks(holder).lock("a").exclusive().acquireAsync();
    assertThat(time.runUntil(held::isDone, OPTIONS.sessionTimeout())).isTrue();
    CompletableFuture<LockGrant> waiting = new Locks(waiter).lock("a").exclusive().acquireAsync();
    time.advance(Duration.ofSeconds(1));
    List<CompletableFuture<?>> lost = new ArrayList<>();
    first.forEach(session -> lost.add(session.lost().toCompletableFuture()));
    first.forEach(session -> cluster.expire(session.id()));
    CompletableFuture<?> all = CompletableFuture.allOf(lost.toArray(CompletableFuture<?>[]::new));
    assertThat(time.runUntil(all::isDone, OPTIONS.sessionTimeout().multipliedBy(2))).isTrue();

    assertThat(time.runUntil(waiting::isDone, SPREAD.plus(TRIPS))).isTrue();
  }

  private Coordinator client(int number) {
    return Coordinator.start(cluster.client("c" + number, OPTIONS), OPTIONS, "memory");
  }

  private List<Session> sessions(List<Coordinator> clients) {
    List<CompletableFuture<Session>> opening = clients.stream().map(Coordinator::session).toList();
    assertThat(
            time.runUntil(
                () -> opening.stream().allMatch(CompletableFuture::isDone),
                OPTIONS.sessionTimeout()))
        .isTrue();
    return opening.stream().map(CompletableFuture::join).toList();
  }
}
