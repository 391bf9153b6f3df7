package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.admin.Deadlocks;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.Faults.Fate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A search for deadlocks leaves nothing behind, though the writes that clear up are lost. */
final class AnswerTakenBackTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofMinutes(5))
          .withRequestTimeout(Duration.ofSeconds(1));

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private final Coordinator sharer = client("sharer");
  private final Coordinator operator = client("operator");

  private Coordinator client(String name) {
    return Coordinator.start(cluster.client(name, OPTIONS), OPTIONS, name);
  }

  private <T> T done(CompletableFuture<T> future) {
    assertThat(time.runUntil(future::isDone, LONG)).isTrue();
    return future.join();
  }

  /** The first is the question, or the answer. */
  private void loseAllCommitsButTheFirst(String of) {
    AtomicInteger commits = new AtomicInteger();
    cluster.faults(
        (client, message) ->
            client.equals(of)
                    && message.operation().equals("commit")
                    && message.direction() == Direction.REQUEST
                    && commits.getAndIncrement() > 0
                ? Fate.LOST
                : Fate.ARRIVES);
  }

  private List<String> left(String directory) {
    Session session = done(operator.session());
    Key there = Key.of(directory);
    return done(session.names(there, Consistency.LINEARIZABLE)).stream()
        .filter(
            name ->
                directory.equals("questions")
                    || !done(session.list(there.child(name), Consistency.LINEARIZABLE))
                        .entries()
                        .isEmpty())
        .toList();
  }

  private void search(String whoseCommitsAreLost) {
    LockGrant held = done(new Locks(sharer).lock("a").exclusive().acquireAsync());
    loseAllCommitsButTheFirst(whoseCommitsAreLost);
    assertThat(done(new Deadlocks(operator).find())).isEmpty();
    time.advance(Duration.ofSeconds(20));
    cluster.faults(Faults.NONE);
    time.advance(LONG);
    assertThat(left("questions")).isEmpty();
    assertThat(left("answers")).isEmpty();
    assertThat(held.isHeld()).isTrue();
  }

  @Test
  void answer_whoseRemovalIsLost_isTakenBackLater() {
    search("sharer");
  }

  @Test
  void question_whoseRemovalIsLost_isTakenBackLater() {
    search("operator");
  }
}
